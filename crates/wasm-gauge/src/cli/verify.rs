use std::io;
use std::path::{Path, PathBuf};

use clap::Args;
use wasm_gauge::binary::Input;
use wasm_gauge::judge::{Recomputed, verify};
use wasm_gauge::measure::{Gzip, Memory, Sizes, file_sha256, sources_sha256};
use wasm_gauge::record::report::Report;
use wasm_gauge::{Error, Result, file};

use super::output::Output;

/// Compute again what a report says of a file
///
/// Of the file its SHA-256, its sizes, its memory and that its parts add up to it; the limits that it is held against,
/// and the verdict; that each stage took what the one before it made, by the tools that the report names, and that the
/// last one made the file; with --source and --lock what it was made from; and the seal over the whole report, by which
/// any other field that was changed shows. Who changes a report and seals it again is found out by all but the last.
///
/// Examples:
///   $ wasm-gauge verify report.json app.opt.wasm
///   $ wasm-gauge verify --source src --lock Cargo.lock report.json app.opt.wasm
///
/// Exit status:
///   0  all of it is so
///   1  something is not
///   2  wrong usage, or the output cannot be written
///   3  the report is none, or the file is not a valid core module or component
///   4  GNU gzip is missing or failed
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub struct Opts {
    /// The sources
    #[arg(long, value_name = "FOLDER")]
    source: Option<PathBuf>,

    /// The Cargo.lock
    #[arg(long, value_name = "FILE")]
    lock: Option<PathBuf>,

    #[command(flatten)]
    output: Output,

    /// JSON of `wasm-gauge report`
    #[arg(value_name = "REPORT")]
    report: PathBuf,

    /// A binary that ships
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

impl Opts {
    /// Computes it, and tells whether the report is right.
    pub fn run(self) -> Result<bool> {
        let text = file::text(&self.report)?;
        let report = Report::parse(&self.report, &text)?;
        let value = file::parse(&self.report, &text, "a report").map_err(Error::Input)?;
        let input = Input::read(&self.file)?;
        let binary = input.parse()?;
        let gzip = Gzip::find()?;
        let hash = |path: &Option<PathBuf>, of: fn(&Path) -> io::Result<String>| {
            let path = path.as_deref();
            path.map(|path| of(path).map_err(|error| Error::input(path, error)))
                .transpose()
        };
        let verdict = verify(
            &value,
            &report,
            &Recomputed {
                sizes: Sizes::measure(&input.label, &binary, &gzip)?,
                memory: Memory::measure(&input.label, &binary),
                source_sha256: hash(&self.source, sources_sha256)?,
                lock_sha256: hash(&self.lock, file_sha256)?,
                file: input.label.clone(),
            },
        );
        self.output.write(&verdict)?;
        Ok(verdict.holds)
    }
}
