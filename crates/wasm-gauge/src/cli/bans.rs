use std::path::PathBuf;

use clap::Args;
use wasm_gauge::binary::Input;
use wasm_gauge::judge::{BanVerdict, Banned, Unsearched, find_banned, find_not_allowed};
use wasm_gauge::measure::dependencies;
use wasm_gauge::policy::{Bans, Policy};
use wasm_gauge::{Error, Result, file};

use super::output::Output;

/// Hold a binary against the list of what must not be in it
///
/// The policy lists crates, names in the demangled path of functions, imports, strings in the data,
/// and all packages that the binary may be built from. In names and imports * stands for anything:
///   [bans]
///   crates = ["tokio", "reqwest"]
///   symbols = ["std::net", "*exec_shell*"]
///   imports = ["wasi:sockets/*", "wasi:cli/environment@*#get-arguments"]
///   strings = ["HTTP/1.1"]
///   max-unnamed = 0
///   [dependencies]
///   allow = ["app", "serde", "serde_core"]
///
/// What the binary is built from is what cargo says of the very same build: normal dependencies,
/// without procedural macros and what these need.
///
/// A function's crate and path are only known from its name. A binary with more than max-unnamed functions
/// without names is refused, unless --names gives a twin with the same code that has them. Strings are found
/// across data segments that adjoin in memory.
///
/// Examples:
///   $ wasm-gauge bans --policy gauge.toml app.wasm
///   $ wasm-gauge bans --policy gauge.toml app.opt.wasm --names app.opt.names.wasm
///
///   # with the dependencies
///   $ cargo metadata --format-version 1 --filter-platform wasm32-wasip2 > metadata.json
///   $ wasm-gauge bans --policy gauge.toml --metadata metadata.json app.wasm
///
/// Exit status:
///   0  nothing of it is there
///   1  something is
///   2  wrong usage, or a policy that cannot be read or bans nothing
///   3  the binary is not valid, functions of it have no names, or its twin has other code; or the metadata is not cargo's
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub struct Opts {
    /// Policy file with [bans], [dependencies] or both
    #[arg(long, value_name = "FILE")]
    policy: PathBuf,

    /// What `cargo metadata` says of the build; needed where the policy has [dependencies]
    #[arg(long, value_name = "FILE")]
    metadata: Option<PathBuf>,

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
        let policy = Policy::load(&self.policy)?;
        let not_allowed = self.not_allowed(&policy)?;
        let bans = policy.bans;
        if bans == Bans::default() && not_allowed.is_none() {
            return Err(self.usage("bans nothing: list something in [bans]"));
        }
        let input = Input::read(&self.file)?;
        let binary = input.parse()?;
        let named = self.names.as_deref().map(Input::read).transpose()?;
        let twin = match &named {
            Some(named) => {
                let twin = named.parse()?;
                let checked = binary.check_twin(&twin);
                checked.map_err(|fault| named.error(fault))?;
                Some(twin)
            }
            None => None,
        };
        let mut search = find_banned(&binary, twin.as_ref(), &bans).map_err(|error| match error {
            Unsearched::Unnamed { .. } => input.error(format!(
                "{error}: give its twin that has them with --names, or allow as many with max-unnamed in [bans]"
            )),
            Unsearched::Fault(fault) => input.error(fault),
        })?;
        let dependencies = not_allowed.map(|(count, not_allowed)| {
            search.found.extend(not_allowed);
            count
        });
        let verdict = BanVerdict {
            file: input.label.clone(),
            functions: search.functions,
            unnamed: search.unnamed,
            dependencies,
            found: search.found,
        };
        self.output.write(&verdict)?;
        Ok(verdict.found.is_empty())
    }

    /// How many packages the binary is built from, and those of them that the policy does not allow.
    fn not_allowed(&self, policy: &Policy) -> Result<Option<(usize, Vec<Banned>)>> {
        let (allowed, path) = match (&policy.dependencies, &self.metadata) {
            (Some(allowed), Some(path)) => (allowed, path),
            (None, None) => return Ok(None),
            (Some(_), None) => {
                return Err(self.usage("has [dependencies]: give --metadata FILE"));
            }
            (None, Some(_)) => {
                return Err(self.usage("has no [dependencies] to hold --metadata against"));
            }
        };
        let metadata = file::text(path)?;
        let package = policy.package.as_ref().map(|name| name.get_ref().as_str());
        let dependencies =
            dependencies(&metadata, package).map_err(|fault| Error::input(path, fault))?;
        let not_allowed = find_not_allowed(&dependencies, &allowed.allow);
        Ok(Some((dependencies.len(), not_allowed)))
    }

    fn usage(&self, reason: &str) -> Error {
        Error::usage(format!("{} {reason}", self.policy.display()))
    }
}
