use std::path::PathBuf;

use clap::Args;
use wasm_gauge::Result;
use wasm_gauge::binary::Input;
use wasm_gauge::measure::externs::{Direction, Externs};

use super::output::Output;

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
pub struct Opts {
    /// List those of every core module and component within FILE too
    #[arg(long)]
    all: bool,

    #[command(flatten)]
    output: Output,

    /// A core module or component
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

impl Opts {
    /// Lists the exports.
    pub fn run(self) -> Result<bool> {
        let input = Input::read(&self.file)?;
        let exports = Externs::measure(&input.label, &input.parse()?, Direction::Exports, self.all)
            .map_err(|reason| input.error(reason))?;
        self.output.write(&exports)?;
        Ok(true)
    }
}
