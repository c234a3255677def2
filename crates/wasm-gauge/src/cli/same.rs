use std::path::PathBuf;

use clap::Args;
use wasm_gauge::Result;
use wasm_gauge::binary::Input;
use wasm_gauge::judge::Sameness;
use wasm_gauge::measure::section_pairs;

use super::output::Output;

/// Tell whether two binaries are the same code, whatever their metadata
///
/// Section by section, in each core module and component. Custom sections (names, producers, a signature) are
/// metadata: that they differ is told, and does not fail. Neither does how the length of a section is encoded. All
/// other sections have to be the same, but those to be passed over.
///
/// For those who rebuild what somebody else published. Where only the lines that panic messages name are others,
/// --ignore-section data tells whether the code is the same.
///
/// Examples:
///   $ wasm-gauge same published.wasm rebuilt.wasm
///   $ wasm-gauge same --ignore-section data published.wasm rebuilt.wasm
///
/// Exit status:
///   0  the same code
///   1  not the same code
///   2  wrong usage, or the output cannot be written
///   3  a file is not a valid core module or component
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub struct Opts {
    /// Pass over sections of this name; may be repeated
    #[arg(long, value_name = "NAME")]
    ignore_section: Vec<String>,

    #[command(flatten)]
    output: Output,

    /// A core module or component
    #[arg(value_name = "FIRST")]
    first: PathBuf,

    /// The one that it is compared with
    #[arg(value_name = "SECOND")]
    second: PathBuf,
}

impl Opts {
    /// Compares the two, and tells whether they are the same code.
    pub fn run(self) -> Result<bool> {
        let (first, second) = (Input::read(&self.first)?, Input::read(&self.second)?);
        let pairs = section_pairs(&first.parse()?, &second.parse()?);
        let verdict = Sameness::of(
            (first.label.clone(), second.label.clone()),
            first.bytes() == second.bytes(),
            pairs,
            &self.ignore_section,
        );
        self.output.write(&verdict)?;
        Ok(verdict.holds)
    }
}
