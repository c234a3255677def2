//! Measurements of variants, as subcommands take them.

use std::path::PathBuf;

use clap::Args;
use wasm_gauge::Result;
use wasm_gauge::record::measurements::Variants;

use super::named::named;

/// Arguments of every subcommand that looks at all variants.
#[derive(Args)]
pub struct MeasuredVariants {
    /// Measurements of `wasm-gauge measure`, one for each variant
    #[arg(value_name = "NAME=FILE", value_parser = named, required = true)]
    measured: Vec<(String, PathBuf)>,
}

impl MeasuredVariants {
    /// Reads them all.
    pub fn read(&self) -> Result<Variants> {
        Variants::read(&self.measured)
    }
}
