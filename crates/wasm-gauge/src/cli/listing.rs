//! What every subcommand that shows something of one binary has in common.

use std::path::PathBuf;

use clap::Args;
use wasm_gauge::Result;
use wasm_gauge::binary::{Binary, Input};
use wasm_gauge::render::Show;

use super::output::Output;

/// A binary, and where to show what it is about.
#[derive(Args)]
pub struct Listing {
    #[command(flatten)]
    output: Output,

    /// A core module or component
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

impl Listing {
    /// Reads the binary and shows what `measure` makes of it.
    pub fn show<T: Show>(
        &self,
        measure: impl FnOnce(&Input, &Binary) -> Result<T>,
    ) -> Result<bool> {
        let input = Input::read(&self.file)?;
        self.output.write(&measure(&input, &input.parse()?)?)?;
        Ok(true)
    }
}
