use clap::Args;
use wasm_gauge::Result;
use wasm_gauge::measure::Sections;

use super::listing::Listing;

/// List the sections of a binary
///
/// Of the file, and of each core module and component within it: every section with its name and
/// with the offset and the bytes of its contents, as `wasm-objdump -h` tells them of core modules.
///
/// Examples:
///   $ wasm-gauge sections app.wasm
///
/// Exit status:
///   0  listed
///   2  wrong usage, or the output cannot be written
///   3  the file is not a valid core module or component
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub struct Opts {
    #[command(flatten)]
    listing: Listing,
}

impl Opts {
    /// Lists the sections of all units.
    pub fn run(self) -> Result<bool> {
        self.listing
            .show(|input, binary| Ok(Sections::measure(&input.label, binary)))
    }
}
