//! Measurements of variants, as subcommands take them.

use std::path::{Path, PathBuf};

use clap::Args;
use wasm_gauge::measure::bench::Bench;
use wasm_gauge::policy::Policy;
use wasm_gauge::record::measurements::Variants;
use wasm_gauge::{Error, Result};

use super::named::named;

/// Arguments of every subcommand that looks at all variants.
#[derive(Args)]
pub struct MeasuredVariants {
    /// Measurements of `wasm-gauge measure`, one for each variant
    #[arg(value_name = "NAME=FILE", value_parser = named, required = true)]
    measured: Vec<(String, PathBuf)>,
}

impl MeasuredVariants {
    /// Reads them all, with what workloads came to in the file `bench`, where there is one. Each is a variant of `policy`, which
    /// was read from `place`.
    pub fn read(&self, policy: &Policy, place: &Path, bench: Option<&Path>) -> Result<Variants> {
        let mut measured = Variants::read(&self.measured)?;
        if let Some(path) = bench {
            measured
                .add_workloads(Bench::read(path)?)
                .map_err(|missing| {
                    let path = path.display();
                    Error::usage(format!("{missing}, which {path} has: give its NAME=FILE"))
                })?;
        }
        let mut names = measured.products.keys();
        match names.find(|name| !policy.has_variant(name)) {
            Some(name) => Err(Error::usage(format!(
                "there is no variant `{name}`: {} of {}",
                policy.known_variants(),
                place.display()
            ))),
            None => Ok(measured),
        }
    }
}
