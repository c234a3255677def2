use std::path::PathBuf;

use clap::Args;
use wasm_gauge::Result;
use wasm_gauge::binary::Input;
use wasm_gauge::judge::Kept;
use wasm_gauge::policy::Policy;

use super::output::Output;

/// Hold that the custom sections that a policy keeps arrived
///
/// Each section that [sections] keep lists is in FILE as it is in the core module that rustc and the linker made, byte
/// for byte, whatever core module within FILE it is in.
///
/// Examples:
///   $ wasm-gauge kept --policy gauge.toml --built app.core.wasm app.opt.wasm
///
/// Exit status:
///   0  all of them arrived
///   1  one was not built, is gone, or is another one
///   2  wrong usage, a policy that cannot be read, or the output cannot be written
///   3  a file is not a valid core module or component
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub struct Opts {
    /// Policy file
    #[arg(long, value_name = "POLICY")]
    policy: PathBuf,

    /// The core module that FILE is made of, as rustc and the linker made it
    #[arg(long, value_name = "MODULE")]
    built: PathBuf,

    #[command(flatten)]
    output: Output,

    /// A core module or component
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

impl Opts {
    /// Compares the sections, and tells whether all arrived.
    pub fn run(self) -> Result<bool> {
        let policy = Policy::load(&self.policy)?;
        let (built, input) = (Input::read(&self.built)?, Input::read(&self.file)?);
        let kept = Kept::of(
            &input.label,
            &built.parse()?,
            &input.parse()?,
            &policy.sections,
        );
        self.output.write(&kept)?;
        Ok(kept.holds)
    }
}
