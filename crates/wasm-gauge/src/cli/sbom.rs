use std::path::PathBuf;

use clap::Args;
use wasm_gauge::measure::sbom;
use wasm_gauge::{Error, Result, file};

use super::sink::{self, To};

/// Write the bill of materials of a binary: the packages that it is built from
///
/// CycloneDX 1.5 as JSON, of what cargo says of the very same build: normal dependencies, without procedural macros and
/// what these need, which run in the compiler. Checksums are those of Cargo.lock. The standard library comes with the
/// toolchain and is not in it. The same files give the same bytes: there is neither a serial number nor a time in it.
///
/// Example:
///   $ cargo metadata --format-version 1 --filter-platform wasm32-wasip2 > metadata.json
///   $ wasm-gauge sbom --package app --metadata metadata.json --lock Cargo.lock -o app.cdx.json
///
/// Exit status:
///   0  written
///   2  wrong usage, or the output cannot be written
///   3  the metadata is not cargo's, or the lock is of something else
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub struct Opts {
    /// What `cargo metadata` says of the build
    #[arg(long, value_name = "FILE")]
    metadata: PathBuf,

    /// The Cargo.lock that it was built with
    #[arg(long, value_name = "FILE")]
    lock: PathBuf,

    /// The package that the binary is of; the root, when absent
    #[arg(long, value_name = "NAME")]
    package: Option<String>,

    /// Write it to FILE instead of standard output
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

impl Opts {
    /// Reads both and writes it.
    pub fn run(self) -> Result<bool> {
        let (metadata, lock) = (file::text(&self.metadata)?, file::text(&self.lock)?);
        let text = sbom(&metadata, &lock, self.package.as_deref())
            .map_err(|fault| Error::input(&self.metadata, fault))?;
        let to = self.output.as_deref().map_or(To::Stdout, To::Path);
        sink::write(&[(to, text.as_bytes())])?;
        Ok(true)
    }
}
