//! Reports of variants, as subcommands take them.

use std::path::PathBuf;

use clap::Args;
use wasm_gauge::Result;
use wasm_gauge::record::report::Variants;

use super::named::named;

/// Arguments of every subcommand that looks at all variants.
#[derive(Args)]
pub struct Reports {
    /// Reports of `wasm-gauge measure`, one for each variant
    #[arg(value_name = "NAME=FILE", value_parser = named, required = true)]
    reports: Vec<(String, PathBuf)>,
}

impl Reports {
    /// Reads them all.
    pub fn read(&self) -> Result<Variants> {
        Variants::read(&self.reports)
    }
}
