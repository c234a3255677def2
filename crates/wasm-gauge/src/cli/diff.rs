use std::path::{Path, PathBuf};

use clap::Args;
use wasm_gauge::Result;
use wasm_gauge::binary::{Input, Kind};
use wasm_gauge::measure::{Diff, Profile};
use wasm_gauge::render::TopDiff;

use super::output::Output;
use super::twin;

/// Show what changed between two binaries
///
/// By crate, by function, by section and by data segment: what appeared, vanished, grew or shrank,
/// the largest difference first. Every table adds up to the difference of the files' sizes. JSON has
/// all that changed, whatever --top says.
///
/// Functions are matched by their demangled path without the hashes of crates and the suffixes that
/// LLVM adds; several of one path are added up. Functions without names are compared by export or
/// index, which says little; --old-names and --new-names take the names from binaries that have
/// them, when their code is the same. A core module can be compared with a component.
///
/// Examples:
///   # before and after an edit
///   $ wasm-gauge diff before/app.opt.names.wasm after/app.opt.names.wasm
///
///   # what ships, under the names of the twins
///   $ wasm-gauge diff --old-names old.names.wasm --new-names new.names.wasm old.wasm new.wasm
///
/// Exit status:
///   0  measured, whether anything changed or not
///   2  wrong usage, or the output cannot be written
///   3  a file is not a valid core module or component, or a TWIN has other code than its file
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub struct Opts {
    /// Take the names of OLD from TWIN, which has the same code
    #[arg(long, value_name = "TWIN")]
    old_names: Option<PathBuf>,

    /// Take the names of NEW from TWIN, which has the same code
    #[arg(long, value_name = "TWIN")]
    new_names: Option<PathBuf>,

    /// How many rows to list in each table; the rest is one row
    #[arg(long, value_name = "N", default_value_t = 20)]
    top: usize,

    #[command(flatten)]
    output: Output,

    /// The core module or component before
    #[arg(value_name = "OLD")]
    old: PathBuf,

    /// The core module or component after
    #[arg(value_name = "NEW")]
    new: PathBuf,
}

impl Opts {
    /// Measures both files and shows what changed.
    pub fn run(self) -> Result<bool> {
        let (old_kind, old) = profile(&self.old, self.old_names.as_deref())?;
        let (new_kind, new) = profile(&self.new, self.new_names.as_deref())?;
        self.output.write(&TopDiff {
            diff: Diff::of((old_kind, &old), (new_kind, &new)),
            top: self.top,
        })?;
        Ok(true)
    }
}

fn profile(file: &Path, names: Option<&Path>) -> Result<(Kind, Profile)> {
    let input = Input::read(file)?;
    let binary = input.parse()?;
    Ok((binary.kind(), twin::profile(&input, &binary, names)?))
}
