use std::path::PathBuf;

use clap::Args;
use wasm_gauge::binary::Input;
use wasm_gauge::judge::lint;
use wasm_gauge::measure::Compilation;
use wasm_gauge::{Result, file};

use super::output::Output;
use super::variant::OfVariant;

/// Find what makes a build larger without a word, or hides what is in it
///
/// FILE is the core module as rustc and the linker made it, and the arguments of rustc are those that it was made with. Each
/// finding has a name:
///   rlib-beside-cdylib  crate-type has more than cdylib: cargo then does no link-time optimisation
///   no-lto              the profile asks for none
///   no-exports          nothing is exported, so nothing of the crate is in the module
///   no-names            the profile strips names, without which nothing can be said of what is in the module
///   no-allocator        nothing of the allocator is there that the policy names for the variant
///
/// Examples:
///   $ wasm-gauge lint --rustc rustc-arguments app.wasm
///   $ wasm-gauge lint --rustc rustc-arguments --policy gauge.toml --variant talc app.wasm
///
/// Exit status:
///   0  nothing is found
///   1  something is
///   2  wrong usage, or a policy that cannot be read or has no such variant
///   3  the file is not a valid binary, or the arguments cannot be read
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub struct Opts {
    /// File with the arguments of rustc, one a line
    #[arg(long, value_name = "ARGUMENTS")]
    rustc: PathBuf,

    #[command(flatten)]
    of: OfVariant,

    #[command(flatten)]
    output: Output,

    /// The core module
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

impl Opts {
    /// Judges how the file was built, and tells whether nothing was found.
    pub fn run(self) -> Result<bool> {
        let policy = self.of.load()?;
        let allocator = policy
            .as_ref()
            .and_then(|(policy, variant)| policy.allocator(variant));
        let arguments = file::text(&self.rustc)?;
        let input = Input::read(&self.file)?;
        let binary = input.parse()?;
        let lint = lint(
            &input.label,
            &binary,
            Compilation::of(&arguments),
            allocator,
        );
        self.output.write(&lint)?;
        Ok(lint.holds())
    }
}
