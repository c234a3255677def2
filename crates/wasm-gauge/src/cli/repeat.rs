use std::env;
use std::fs::File;
use std::io::{self, Read};
use std::os::fd::AsFd;
use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;
use std::process::Command;

use clap::Args;
use wasm_gauge::binary::Input;
use wasm_gauge::measure::bench::Workload;
use wasm_gauge::measure::bench::instructions::{RepeatTask, Repeats, repeat};
use wasm_gauge::{Error, Fault, Result};

/// What `wasm-gauge bench --instructions` runs under callgrind, with machine code as standard input
#[derive(Args)]
pub struct Opts {
    /// How many instances to make and to set up
    #[arg(long)]
    instances: u64,

    /// On how many of them to make the measured calls
    #[arg(long)]
    measured: u64,

    /// The workload
    #[arg(long)]
    calls: PathBuf,

    /// What the machine code was made of
    binary: PathBuf,
}

/// The command that does what `task` says: this program with its hidden subcommand.
pub fn command(task: &RepeatTask) -> Result<Command> {
    let gauge = env::current_exe()
        .map_err(|error| Error::system(format!("cannot start this program again: {error}")))?;
    let mut command = Command::new(gauge);
    command
        .arg("repeat")
        .args(["--instances", &task.repetitions.instances.to_string()])
        .args(["--measured", &task.repetitions.measured.to_string()])
        .arg("--calls")
        .arg(task.calls)
        .arg(task.binary);
    Ok(command)
}

impl Opts {
    /// Repeats, and says nothing.
    #[allow(unsafe_code, reason = "machine code is run as it is")]
    pub fn run(self) -> Result<bool> {
        let machine_code = handed_over()?;
        let workload = Workload::read("", &self.calls)?;
        let input = Input::read(&self.binary)?;
        let repetitions = Repeats {
            instances: self.instances,
            measured: self.measured,
        };
        // SAFETY: it comes from a file that never had a name, or has it no more: `bench` made it and handed it over.
        unsafe { repeat(&input, machine_code, &workload, repetitions) }?;
        Ok(true)
    }
}

/// The bytes of standard input, which has to be a file without a name. No file of somebody else is one, and no pipe.
fn handed_over() -> Result<Vec<u8>> {
    let read = || {
        let mut file = File::from(io::stdin().as_fd().try_clone_to_owned()?);
        let metadata = file.metadata()?;
        let mut bytes = Vec::new();
        if metadata.is_file() && metadata.nlink() == 0 {
            file.read_to_end(&mut bytes)?;
        }
        Ok(bytes)
    };
    match read() {
        Ok(bytes) if !bytes.is_empty() => Ok(bytes),
        Ok(_) => Err(Error::usage(
            "this subcommand is for `wasm-gauge bench --instructions`, which hands machine code over",
        )),
        Err(error) => {
            let error: io::Error = error;
            Err(Error::system(Fault::from(error).at("standard input")))
        }
    }
}
