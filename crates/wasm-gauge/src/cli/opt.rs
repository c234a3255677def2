use std::ffi::OsString;
use std::path::PathBuf;

use clap::Args;
use wasm_gauge::Result;
use wasm_gauge::binary::Input;
use wasm_gauge::optimize::{DEFAULT_OPTIONS, WasmOpt, optimize};

use super::output::FormatOption;
use super::progress;
use super::sink::{self, To};

/// Optimise a core module or component with wasm-opt
///
/// Each core module, those in components within a component too, goes through Binaryen's wasm-opt,
/// several at once. Everything else stays byte for byte, and so does a module that does not get
/// smaller. wasm-opt of version 120 or later is needed; it may use the features that `wasm-gauge
/// target-features` lists and no others. The result is validated before it is written, and it has to export
/// the same as before, import nothing else, all of the same types. What wasm-opt says is shown.
///
/// Object files, which have a section `linking` or `reloc.*`, are for a linker and refused.
///
/// The sizes before and after are printed; to standard error when the binary goes to standard
/// output. Names are stripped unless options of your own for wasm-opt say otherwise: they take the
/// place of `-Oz --converge --strip-debug --strip-producers`.
///
/// Examples:
///   $ wasm-gauge opt app.wasm -o app.opt.wasm
///
///   # faster code, names kept
///   $ wasm-gauge opt app.wasm -o app.opt.wasm -- -O3 -g
///
/// Exit status:
///   0  optimised, or kept where that is not smaller
///   2  wrong usage, or the output cannot be written
///   3  the file is not a valid core module or component, or it is an object file
///   4  wasm-opt is missing, too old or failed, or what it made is not what it should be
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub struct Opts {
    /// Write the optimised binary to OUT; `-` is standard output
    #[arg(short, long, value_name = "OUT")]
    output: PathBuf,

    /// The wasm-opt to use
    #[arg(long, value_name = "PATH", default_value = "wasm-opt")]
    wasm_opt: OsString,

    #[command(flatten)]
    format: FormatOption,

    /// A core module or component
    #[arg(value_name = "FILE")]
    file: PathBuf,

    /// Options for wasm-opt instead of the usual ones
    #[arg(last = true, value_name = "WASM_OPT_ARGS")]
    options: Vec<String>,
}

impl Opts {
    /// Optimises, writes the result whole or not at all, and tells the sizes.
    pub fn run(self) -> Result<bool> {
        let input = Input::read(&self.file)?;
        let binary = input.parse()?;
        let wasm_opt = WasmOpt::find(self.wasm_opt)?;
        let options = if self.options.is_empty() {
            DEFAULT_OPTIONS.map(ToOwned::to_owned).to_vec()
        } else {
            self.options
        };
        let modules = binary.core_modules().count();
        let (bytes, report) = progress::during("core modules optimised", modules, |done| {
            optimize(&input, &binary, &wasm_opt, options, done)
        })?;
        if sink::is_stdout(&self.output) {
            let sizes = self.format.render(&report, false, None);
            sink::write(&[(To::Stdout, &bytes), (To::Stderr, sizes.as_bytes())])?;
        } else {
            let sizes = self.format.render_for_stdout(&report);
            sink::write(&[
                (To::Path(&self.output), &bytes),
                (To::Stdout, sizes.as_bytes()),
            ])?;
        }
        Ok(true)
    }
}
