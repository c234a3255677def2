use std::path::PathBuf;

use clap::Args;
use wasm_gauge::binary::Input;
use wasm_gauge::measure::Paths;
use wasm_gauge::{Error, Result};

use super::output::Output;
use super::twin;

/// Show why something is in a binary
///
/// For each item that has NAME in its name, one of the shortest ways to it: what is needed anyway, an
/// export, the start function or an active segment, and then item by item what refers to the next. Items
/// are functions, imported ones too, tables, globals and segments, called as `profile` calls them. A call
/// through a table leads to all functions in it. To garbage nothing leads.
///
/// Examples:
///   $ wasm-gauge paths app.opt.names.wasm core::fmt::float
///
///   # what ships, under the names of its twin; why it still imports the clock
///   $ wasm-gauge paths --names app.opt.names.wasm app.opt.wasm clock_time_get
///
/// Exit status:
///   0  shown
///   2  wrong usage, no item has such a name, or the output cannot be written
///   3  a file is not a valid core module or component, or TWIN has other code than FILE
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub struct Opts {
    /// Take the names from TWIN, which has the same code as FILE
    #[arg(long, value_name = "TWIN")]
    names: Option<PathBuf>,

    /// How many items to show, the largest first
    #[arg(long, value_name = "N", default_value_t = 10)]
    top: usize,

    #[command(flatten)]
    output: Output,

    /// A core module or component
    #[arg(value_name = "FILE")]
    file: PathBuf,

    /// What the items have in their names
    #[arg(value_name = "NAME", required = true)]
    wanted: Vec<String>,
}

impl Opts {
    /// Finds the ways and shows them.
    pub fn run(self) -> Result<bool> {
        let input = Input::read(&self.file)?;
        let binary = input.parse()?;
        let paths = twin::named(&input, self.names.as_deref(), |twin| {
            Paths::measure(&input.label, &binary, twin, &self.wanted, self.top)
        })?;
        if paths.ways.is_empty() && paths.more == 0 {
            return Err(Error::usage(format!(
                "no item of {} has {} in its name: `wasm-gauge profile` tells what they are called",
                input.path().display(),
                self.wanted.join(" or ")
            )));
        }
        self.output.write(&paths)?;
        Ok(true)
    }
}
