//! Instructions that the measured calls of a workload take, counted by Valgrind's callgrind.
//!
//! Callgrind counts all that a process runs. So a process makes some instances and sets them up, and goes on
//! to the measured calls on half of them; another one does so on all of them. What the second takes more is
//! the measured calls, and nothing else: not the start of the process, not the loading of machine code, which
//! is compiled before, not what happens once. The machine code is that of every machine of this architecture, and
//! on x86-64 so is the C library's that copies memory.

use std::fs::File;
use std::hint::black_box;
use std::io::{self, Seek, Write};
use std::path::Path;
use std::process::Command;

use super::{Runnable, Workload};
use crate::binary::Input;
use crate::engine::{Artifact, DEFAULT_MAX_FUEL, Engine, Isa, Settings};
use crate::measure::callgrind::Callgrind;
use crate::{Error, Result};

/// How much fuel the measured calls that are counted should come to, so that what is not the same each time,
/// some thousand instructions, does not show. A unit of fuel is one instruction or some.
const ENOUGH_FUEL: u64 = 50_000_000;

/// A variant's machine code, and the binary that it was made of.
#[derive(Debug)]
pub(super) struct Precompiled<'a> {
    /// A file that has no name: who does not get it handed over has no way to it.
    machine_code: File,
    binary: &'a Input,
}

/// How often to do what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Repeats {
    /// How many instances are made and set up.
    pub instances: u64,
    /// On how many of them, the first ones, the measured calls are made.
    pub measured: u64,
}

/// How instructions are counted.
pub struct Counter<'a> {
    /// What counts.
    pub callgrind: Callgrind,
    /// The command that does what a [`RepeatTask`] says, by [`repeat`]. Its standard input will be the machine code.
    pub command: &'a dyn Fn(&RepeatTask) -> Result<Command>,
}

/// What a process is to do whose instructions are counted.
#[derive(Debug)]
pub struct RepeatTask<'a> {
    /// The file of the binary that the machine code was made of.
    pub binary: &'a Path,
    /// The file of the workload's calls.
    pub calls: &'a Path,
    /// How often they are made.
    pub repetitions: Repeats,
}

impl Counter<'_> {
    /// Instructions of the measured calls of `workload`, made once on what was `precompiled`. They take about
    /// `fuel`.
    ///
    /// # Errors
    /// [`Error::Tool`] with what Valgrind or the program under it says when it fails.
    pub(super) fn count(
        &self,
        precompiled: &Precompiled,
        workload: &Workload,
        fuel: u64,
    ) -> Result<u64> {
        let measured = (ENOUGH_FUEL / fuel.max(1)).clamp(1, 100);
        let instances = 2 * measured;
        let total = |measured| {
            let task = RepeatTask {
                binary: precompiled.binary.path(),
                calls: &workload.path,
                repetitions: Repeats {
                    instances,
                    measured,
                },
            };
            self.total(&task, &precompiled.machine_code)
        };
        let (half, all) = (total(measured)?, total(instances)?);
        let difference = all.checked_sub(half).ok_or_else(|| {
            self.callgrind.error(format!(
                "counts {all} instructions for {instances} repetitions, but {half} for {measured}"
            ))
        })?;
        // To the nearest.
        Ok((difference + measured / 2) / measured)
    }

    /// All instructions of the process that does `task`.
    fn total(&self, task: &RepeatTask, mut machine_code: &File) -> Result<u64> {
        let failed = |error: io::Error| self.callgrind.error(error);
        machine_code.rewind().map_err(failed)?;
        let handed_over = machine_code.try_clone().map_err(failed)?;
        let counts = (self.command)(task)?;
        self.callgrind
            .count(&counts, handed_over, task.binary.display())
    }
}

impl<'a> Precompiled<'a> {
    /// Compiles `binary` for every machine of this architecture.
    ///
    /// # Errors
    /// [`Error::Input`] where it cannot be compiled, [`Error::System`] where this machine cannot run it or
    /// the file cannot be written.
    pub(super) fn of(binary: &'a Input) -> Result<Self> {
        let program = engine()?.compile(&binary.parse()?);
        let artifact = program.and_then(|program| program.artifact());
        let artifact = artifact.map_err(|fault| binary.error(fault))?;
        let written = tempfile::tempfile().and_then(|mut machine_code| {
            machine_code.write_all(artifact.bytes())?;
            Ok(machine_code)
        });
        let machine_code =
            written.map_err(|error| Error::system(format!("cannot keep machine code: {error}")))?;
        Ok(Precompiled {
            machine_code,
            binary,
        })
    }
}

/// What runs under callgrind: instances of `input` from its machine code, each set up for `workload`, and the
/// measured calls on as many as `repetitions` says.
///
/// # Errors
/// Those of [`Runnable::count`], and [`Error::Input`] for machine code that is not that of `input`.
///
/// # Safety
/// `machine_code` must be what a [`Counter`] handed over: it is run as it is.
#[allow(unsafe_code, reason = "machine code is run as it is")]
pub unsafe fn repeat(
    input: &Input,
    machine_code: Vec<u8>,
    workload: &Workload,
    repetitions: Repeats,
) -> Result<()> {
    let binary = input.parse()?;
    // SAFETY: that is asked of who calls.
    let artifact = unsafe { Artifact::from_bytes(&binary, machine_code) };
    let engine = engine()?;
    let program = artifact.and_then(|artifact| engine.load(&artifact));
    let variant = Runnable {
        name: input.label.clone(),
        program: program.map_err(|fault| input.error(fault))?,
        max_fuel: DEFAULT_MAX_FUEL,
    };
    for instance in 0..repetitions.instances {
        let mut guest = variant.instantiate()?;
        variant.make(&mut *guest, workload.setup())?;
        if instance < repetitions.measured {
            black_box(variant.make(&mut *guest, workload.measured())?);
        }
    }
    Ok(())
}

fn engine() -> Result<Engine> {
    Engine::new(Settings {
        isa: Isa::Baseline,
        ..Settings::default()
    })
    .map_err(Error::System)
}
