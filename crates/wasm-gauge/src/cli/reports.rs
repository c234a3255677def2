//! Reports of variants, as subcommands take them.

use std::path::PathBuf;

use clap::Args;
use wasm_gauge::Result;
use wasm_gauge::measure::Variants;

/// Arguments of every subcommand that looks at all variants.
#[derive(Args)]
pub struct Reports {
    /// Reports of `wasm-gauge measure`, one for each variant
    #[arg(value_name = "NAME=FILE", value_parser = report, required = true)]
    reports: Vec<(String, PathBuf)>,
}

impl Reports {
    /// Reads them all.
    pub fn read(&self) -> Result<Variants> {
        Variants::read(&self.reports)
    }
}

fn report(text: &str) -> std::result::Result<(String, PathBuf), String> {
    match text.split_once('=') {
        Some((name, path)) if !name.is_empty() && !path.is_empty() => {
            Ok((name.to_owned(), path.into()))
        }
        _ => Err("write NAME=FILE, as in plain=plain/report.json".to_owned()),
    }
}
