use std::fs;
use std::path::PathBuf;

use clap::Args;
use wasm_gauge::binary::Input;
use wasm_gauge::measure::bench::Workload;
use wasm_gauge::measure::bench::instructions::{Repetitions, repeat};
use wasm_gauge::{Error, Result};

/// What `wasm-gauge bench --instructions` runs under callgrind: it runs machine code as it is
#[derive(Args)]
pub struct Opts {
    /// How many instances to make and to set up
    #[arg(long)]
    instances: u64,

    /// On how many of them to make the measured calls
    #[arg(long)]
    measured: u64,

    /// The machine code, as `wasm-gauge bench` wrote it
    #[arg(long)]
    machine_code: PathBuf,

    /// The workload
    #[arg(long)]
    calls: PathBuf,

    /// What the machine code was made of
    binary: PathBuf,
}

impl Opts {
    /// Repeats, and says nothing.
    #[allow(unsafe_code, reason = "machine code is run as it is")]
    pub fn run(self) -> Result<bool> {
        let workload = Workload::read("", &self.calls)?;
        let input = Input::read(&self.binary)?;
        let machine_code = fs::read(&self.machine_code).map_err(|error| Error::Input {
            place: self.machine_code.display().to_string(),
            reason: error.to_string(),
        })?;
        let repetitions = Repetitions {
            instances: self.instances,
            measured: self.measured,
        };
        // SAFETY: `bench` starts this, with the file that it has written; the subcommand is hidden from others.
        unsafe { repeat(&input, machine_code, &workload, repetitions) }?;
        Ok(true)
    }
}
