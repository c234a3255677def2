use clap::Args;
use wasm_gauge::Result;
use wasm_gauge::measure::externs::{Direction, Externs};

use super::listing::Listing;

/// List what a binary imports
///
/// Of a core module: names, kinds and types in the words of WebAssembly's text format. Of a
/// component: the names of its world's imports as WIT writes them, with the members of each interface.
///
/// Examples:
///   $ wasm-gauge imports app.wasm
///
///   # of the core modules and components within it too
///   $ wasm-gauge imports --all app.wasm
///
/// Exit status:
///   0  listed
///   2  wrong usage, or the output cannot be written
///   3  the file is not a valid core module or component
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub struct Imports {
    #[command(flatten)]
    units: Units,
}

/// List what a binary exports
///
/// Of a core module: names, kinds and types in the words of WebAssembly's text format. Of a
/// component: the names of its world's exports as WIT writes them, with the members of each interface.
///
/// Examples:
///   $ wasm-gauge exports app.wasm
///
///   # of the core modules and components within it too
///   $ wasm-gauge exports --all app.wasm
///
/// Exit status:
///   0  listed
///   2  wrong usage, or the output cannot be written
///   3  the file is not a valid core module or component
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub struct Exports {
    #[command(flatten)]
    units: Units,
}

/// What both need.
#[derive(Args)]
struct Units {
    /// List those of every core module and component within FILE too
    #[arg(long)]
    all: bool,

    #[command(flatten)]
    listing: Listing,
}

impl Imports {
    /// Lists the imports.
    pub fn run(self) -> Result<bool> {
        self.units.list(Direction::Imports)
    }
}

impl Exports {
    /// Lists the exports.
    pub fn run(self) -> Result<bool> {
        self.units.list(Direction::Exports)
    }
}

impl Units {
    fn list(&self, direction: Direction) -> Result<bool> {
        self.listing.show(|input, binary| {
            Externs::measure(&input.label, binary, direction, self.all)
                .map_err(|fault| input.error(fault))
        })
    }
}
