use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::Args;
use wasm_gauge::binary::Input;
use wasm_gauge::measure::{Gzip, Sizes};
use wasm_gauge::record::report::Report;
use wasm_gauge::{Error, Result};

use super::named::version;
use super::output::Output;
use super::progress;

/// Measure the sizes of binaries
///
/// Of each file: what it is, how many core modules it holds, bytes raw, through `gzip -9` and through
/// Brotli at quality 11, bytes of its code, data and custom sections, how many functions it defines,
/// with how many pages its memories begin, and its SHA-256. The same files and tools give the same
/// bytes of JSON. Of files with names, JSON also has the bytes by crate and, of those with at least
/// 512 bytes, by function.
///
/// Examples:
///   # a table
///   $ wasm-gauge measure app.wasm app.opt.wasm
///
///   # a record, with the tools that made the files
///   $ wasm-gauge measure --format json -o report.json --tool wasm-opt=131 app.opt.wasm
///
/// Exit status:
///   0  measured
///   2  wrong usage, or the output cannot be written
///   3  a file is not a valid core module or component
///   4  GNU gzip is missing or failed
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub struct Opts {
    /// A tool that made the files, to be recorded with them; may be repeated
    #[arg(long = "tool", value_name = "NAME=VERSION", value_parser = version)]
    tools: Vec<(String, String)>,

    /// Where these tools come from: tools of one version that another backend has built may make other bytes
    #[arg(long, value_name = "NAME")]
    backend: Option<String>,

    #[command(flatten)]
    output: Output,

    /// Core modules or components
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
}

impl Opts {
    /// Measures all files, or none when one of them is wrong.
    pub fn run(self) -> Result<bool> {
        let gzip = Gzip::find()?;
        let mut tools = BTreeMap::from([("gzip".to_owned(), gzip.version().to_owned())]);
        for (name, version) in self.tools {
            if let Some(first) = tools.insert(name.clone(), version) {
                return Err(Error::Usage(format!(
                    "--tool {name} is there already, with the version {first}"
                )));
            }
        }
        let files = progress::during("files measured", self.files.len(), |done| {
            let measured = self.files.iter().map(|path| {
                let input = Input::read(path)?;
                let sizes = Sizes::measure(&input.label, &input.parse()?, &gzip)?;
                done();
                Ok(sizes)
            });
            measured.collect::<Result<_>>()
        })?;
        let report = Report {
            backend: self.backend,
            tools,
            files,
        };
        self.output.write(&report)?;
        Ok(true)
    }
}
