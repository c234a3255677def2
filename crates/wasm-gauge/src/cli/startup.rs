use std::ffi::OsString;
use std::path::PathBuf;

use clap::Args;
use wasm_gauge::engine::{Grants, calls};
use wasm_gauge::measure::Startup;
use wasm_gauge::measure::startup::Repetitions;
use wasm_gauge::measure::startup::process::Wasmtime;
use wasm_gauge::{Error, Result};

use super::guest::FuelOption;
use super::listing::Listing;
use super::progress;

/// Measure how long it takes until a guest first answers
///
/// In this process, not by starting programs: from the bytes of the file to a program, from there to
/// an instance, and its first call. With both of wasmtime's compilers, and for each
///   - cold: the file is compiled, or the machine code of an earlier compilation is loaded,
///   - warm: the program is there, and each instance gets its memory from the operating system or
///     from a pool.
///
/// A way that a binary cannot take, as where a compiler lacks something that it uses, is listed with the reason.
/// Before all this it starts and answers once with a bound on what it runs (--max-fuel).
///
/// With --wasmtime also how long whole processes of wasmtime's command line take, as a user would start them:
/// `wasmtime run --invoke` of the component, and of what `wasmtime compile` makes of it; and beside them
/// `wasmtime --version`, which is what a process costs by itself. Its cache is off.
///
/// Times are of this machine at this time: read them, compare them within one run, and gate nothing
/// on them. What is held is that the guest answers alike each time.
///
/// Examples:
///   $ wasm-gauge startup app.opt.wasm
///   $ wasm-gauge startup app.opt.wasm --calls calls.jsonl --repetitions 1000
///   $ wasm-gauge startup app.opt.wasm --calls calls.jsonl --wasmtime
///
/// Exit status:
///   0  measured
///   2  wrong usage, or the output cannot be written
///   3  the binary or the file of calls is not what it should be, they do not fit together, or the
///      guest does not always answer alike
///   4  wasmtime's command line is missing or failed
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub struct Opts {
    /// File of calls, of which the first is made
    #[arg(long, value_name = "CALLS")]
    calls: Option<PathBuf>,

    /// How often to start where nothing is compiled
    #[arg(long, value_name = "N", default_value_t = 200)]
    repetitions: u64,

    /// How often to compile
    #[arg(long, value_name = "N", default_value_t = 10)]
    compilations: u64,

    /// Start processes too, of this wasmtime
    #[arg(
        long,
        value_name = "PATH",
        num_args = 0..=1,
        default_missing_value = "wasmtime",
        require_equals = true,
        requires = "calls"
    )]
    wasmtime: Option<OsString>,

    /// How many processes to start each way
    #[arg(long, value_name = "N", default_value_t = 30, requires = "wasmtime")]
    processes: u64,

    #[command(flatten)]
    fuel: FuelOption,

    #[command(flatten)]
    listing: Listing,
}

impl Opts {
    /// Measures and shows.
    pub fn run(self) -> Result<bool> {
        let call = match &self.calls {
            Some(path) => Some(
                calls::read(path)?
                    .into_iter()
                    .next()
                    .ok_or_else(|| Error::input(path, "has no calls"))?,
            ),
            None => None,
        };
        let repetitions = Repetitions {
            cold: self.compilations,
            other: self.repetitions,
        };
        let grants = Grants {
            max_fuel: self.fuel.max_fuel,
            ..Grants::default()
        };
        let wasmtime = self.wasmtime.map(Wasmtime::find).transpose()?;
        self.listing.show(|input, binary| {
            let mut startup =
                progress::during("ways to start measured", Startup::scenarios(), |done| {
                    let call = call.as_ref().map(|(_, call)| call);
                    Startup::measure(&input.label, binary, call, &grants, repetitions, done)
                })
                .map_err(|fault| input.error(fault))?;
            if let (Some(wasmtime), Some((_, call))) = (wasmtime, &call) {
                startup.processes = Some(wasmtime.measure(binary, call, self.processes)?);
            }
            Ok(startup)
        })
    }
}
