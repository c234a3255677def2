use std::path::PathBuf;

use clap::Args;
use wasm_gauge::binary::Input;
use wasm_gauge::judge::{BanVerdict, find_banned};
use wasm_gauge::policy::{Bans, Policy};
use wasm_gauge::{Error, Result};

use super::output::Output;

/// Hold a binary against the list of what must not be in it
///
/// The policy lists crates, functions by the beginning of their demangled path, imports (a pattern
/// may end with *) and strings in the data:
///   [bans]
///   crates = ["tokio", "reqwest"]
///   symbols = ["std::net", "std::process::Command"]
///   imports = ["wasi:sockets/*", "wasi:http/*"]
///   strings = ["HTTP/1.1"]
///
/// A function's crate and path are only known from its name. A binary without names is refused,
/// unless --names gives a twin with the same code.
///
/// Examples:
///   $ wasm-gauge features --policy gauge.toml app.wasm
///   $ wasm-gauge features --policy gauge.toml app.opt.wasm --names app.opt.names.wasm
///
/// Exit status:
///   0  nothing of it is there
///   1  something is
///   2  wrong usage, or a policy that cannot be read or bans nothing
///   3  the binary is not valid, has no names, or its twin has other code
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub struct Opts {
    /// Policy file with [bans]
    #[arg(long, value_name = "FILE")]
    policy: PathBuf,

    /// The same binary with names
    #[arg(long, value_name = "TWIN")]
    names: Option<PathBuf>,

    #[command(flatten)]
    output: Output,

    /// A core module or component
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

impl Opts {
    /// Looks for what is banned, and tells whether nothing was found.
    pub fn run(self) -> Result<bool> {
        let bans = Policy::load(&self.policy)?.bans;
        if bans == Bans::default() {
            return Err(Error::Usage(format!(
                "{} bans nothing: list something in [bans]",
                self.policy.display()
            )));
        }
        let input = Input::read(&self.file)?;
        let twin = self.names.as_deref().map(Input::read).transpose()?;
        let twin = twin.as_ref().map(Input::parse).transpose()?;
        let (functions, found) = find_banned(&input.parse()?, twin.as_ref(), &bans)
            .map_err(|reason| input.error(reason))?;
        let verdict = BanVerdict {
            file: input.label.clone(),
            functions,
            found,
        };
        self.output.write(&verdict)?;
        Ok(verdict.found.is_empty())
    }
}
