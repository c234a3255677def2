use clap::Args;
use wasm_gauge::Result;
use wasm_gauge::measure::TargetFeatures;

use super::listing::Listing;

/// List the target features of a binary
///
/// Of each core module: what an engine has to support beyond WebAssembly's MVP, from the module's
/// `target_features` section. Where there is none, or the module needs more than it lists, features
/// are taken away one by one: without any of those that stay the module would not be valid.
/// Features have LLVM's names (bulk-memory, simd128), the others wasm-opt's.
///
/// Examples:
///   $ wasm-gauge target-features app.wasm
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
    /// Lists the features of all core modules.
    pub fn run(self) -> Result<bool> {
        self.listing
            .show(|input, binary| Ok(TargetFeatures::measure(&input.label, binary)))
    }
}
