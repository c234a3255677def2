//! Instructions that the measured calls of a workload take, counted by Valgrind's callgrind.
//!
//! Callgrind counts all that a process runs. So a process makes some instances and sets them up, and goes on
//! to the measured calls on half of them; another one does so on all of them. What the second takes more is
//! the measured calls, and nothing else: not the start of the process, not the loading of machine code, which
//! is compiled before, not what happens once. The machine code is that of every x86-64 machine, and so is the C
//! library's that copies memory.

use std::ffi::OsString;
use std::fs;
use std::hint::black_box;
use std::path::{Path, PathBuf};

use super::{Variant, Workload};
use crate::binary::Input;
use crate::engine::{Artifact, Engine, Isa, Settings};
use crate::tool::{Tool, Wanted};
use crate::{Error, Result};

static WANTED: Wanted = Wanted {
    name: "valgrind",
    introduction: "valgrind-",
    description: "Valgrind",
    hint: "install Valgrind, or give --valgrind PATH",
    options_variable: Some("VALGRIND_OPTS"),
};

/// Lets the C library copy memory as on every x86-64 machine. Where `rep movsb` is fast it copies with that,
/// which callgrind counts once a byte.
const TUNABLES: (&str, &str) = (
    "GLIBC_TUNABLES",
    "glibc.cpu.hwcaps=-ERMS,-FSRM,-AVX,-AVX2,-AVX512F,-AVX512VL",
);

/// How much fuel the measured calls that are counted should come to, so that what is not the same each time,
/// some thousand instructions, does not show. A unit of fuel is one instruction or some.
const ENOUGH_FUEL: u64 = 50_000_000;

/// The subcommand that runs under callgrind, [`repeat`] with its arguments.
pub const SUBCOMMAND: &str = "repeat";

/// A `valgrind` program.
#[derive(Debug)]
pub struct Callgrind(Tool);

/// A variant's machine code in a file, and the binary that it was made of.
#[derive(Debug)]
pub struct Precompiled {
    folder: tempfile::TempDir,
    binary: PathBuf,
}

/// How often to do what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Repetitions {
    /// How many instances are made and set up.
    pub instances: u64,
    /// On how many of them, the first ones, the measured calls are made.
    pub measured: u64,
}

impl Callgrind {
    /// Asks `program`, a path or a name to be found on the search path, whether it is Valgrind.
    ///
    /// # Errors
    /// [`Error::Tool`] when there is no such program, or when it is not Valgrind.
    pub fn find(program: OsString) -> Result<Self> {
        Tool::find(&WANTED, program).map(Callgrind)
    }

    /// Instructions of the measured calls of the workload in the file `calls`, made once on what was
    /// `precompiled`. They take about `fuel`; `gauge` is this program, with [`SUBCOMMAND`].
    ///
    /// # Errors
    /// [`Error::Tool`] with what Valgrind or the program under it says when it fails.
    pub fn count(
        &self,
        gauge: &Path,
        precompiled: &Precompiled,
        calls: &Path,
        fuel: u64,
    ) -> Result<u64> {
        let measured = (ENOUGH_FUEL / fuel.max(1)).clamp(1, 100);
        let instances = 2 * measured;
        let mut totals = [measured, instances].into_iter().map(|measured| {
            let repetitions = Repetitions {
                instances,
                measured,
            };
            self.total(gauge, precompiled, calls, repetitions)
        });
        let (Some(half), Some(all)) = (totals.next(), totals.next()) else {
            unreachable!("there are two");
        };
        let (half, all) = (half?, all?);
        let difference = all.checked_sub(half).ok_or_else(|| {
            self.0.error(format!(
                "counts {all} instructions for {instances} repetitions, but {half} for {measured}"
            ))
        })?;
        // To the nearest.
        Ok((difference + measured / 2) / measured)
    }

    /// All instructions of the process that does `repetitions`.
    fn total(
        &self,
        gauge: &Path,
        precompiled: &Precompiled,
        calls: &Path,
        repetitions: Repetitions,
    ) -> Result<u64> {
        let Callgrind(tool) = self;
        let counted = precompiled.folder.path().join("callgrind.out");
        let mut option = OsString::from("--callgrind-out-file=");
        option.push(&counted);
        let mut command = tool.command();
        command
            .env(TUNABLES.0, TUNABLES.1)
            .arg("--tool=callgrind")
            .arg(option)
            .arg(gauge)
            .arg(SUBCOMMAND)
            .args(["--instances", &repetitions.instances.to_string()])
            .args(["--measured", &repetitions.measured.to_string()])
            .arg("--machine-code")
            .arg(precompiled.machine_code())
            .arg("--calls")
            .arg(calls)
            .arg(&precompiled.binary);
        tool.run(&mut command, precompiled.binary.display())?;
        let text = fs::read_to_string(&counted)
            .map_err(|reason| tool.error(format!("callgrind counted nothing: {reason}")))?;
        total(&text).ok_or_else(|| tool.error("callgrind's output has no total".to_owned()))
    }
}

/// The total in callgrind's output: `summary: 12345`, by the first event, which is `Ir`.
fn total(text: &str) -> Option<u64> {
    let events = text.lines().find_map(|line| line.strip_prefix("events:"))?;
    let totals = text
        .lines()
        .find_map(|line| line.strip_prefix("summary:"))?;
    let first_is = events.split_whitespace().next()? == "Ir";
    let first = totals.split_whitespace().next()?.parse().ok();
    first.filter(|_| first_is)
}

impl Precompiled {
    /// Compiles the binary in the file `binary`, for every x86-64 machine, and keeps the machine code in a
    /// file of its own.
    ///
    /// # Errors
    /// [`Error::Input`] where it cannot be compiled, [`Error::Usage`] where this machine cannot run it or
    /// the file cannot be written.
    pub fn of(binary: &Path) -> Result<Self> {
        let input = Input::read(binary)?;
        let program = engine()?.compile(&input.parse()?);
        let artifact = program.and_then(|program| program.artifact());
        let artifact = artifact.map_err(|reason| input.error(reason))?;
        let written = tempfile::tempdir().and_then(|folder| {
            let precompiled = Precompiled {
                folder,
                binary: binary.to_owned(),
            };
            fs::write(precompiled.machine_code(), artifact.bytes())?;
            Ok(precompiled)
        });
        written.map_err(|error| Error::Usage(format!("cannot keep machine code: {error}")))
    }

    fn machine_code(&self) -> PathBuf {
        self.folder.path().join("machine-code")
    }
}

/// What runs under callgrind: instances of `input` from its machine code, each set up for `workload`, and the
/// measured calls on as many as `repetitions` says.
///
/// # Errors
/// Those of [`Variant::count`], and [`Error::Input`] for machine code that is not that of `input`.
///
/// # Safety
/// `machine_code` must be what [`Precompiled::of`] wrote: it is run as it is.
#[allow(unsafe_code, reason = "machine code is run as it is")]
pub unsafe fn repeat(
    input: &Input,
    machine_code: Vec<u8>,
    workload: &Workload,
    repetitions: Repetitions,
) -> Result<()> {
    let binary = input.parse()?;
    // SAFETY: that is asked of who calls.
    let artifact = unsafe { Artifact::from_bytes(&binary, machine_code) };
    let engine = engine()?;
    let program = artifact.and_then(|artifact| engine.load(&artifact));
    let variant = Variant {
        name: input.label.clone(),
        program: program.map_err(|reason| input.error(reason))?,
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
    .map_err(Error::Usage)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_total_is_that_of_instructions() {
        for (text, expected) in [
            (
                "version: 1\nevents: Ir\nfn=(1) main\nsummary: 1234\n\ntotals: 1234\n",
                Some(1_234),
            ),
            ("events: Ir Dr\nsummary: 5 6\n", Some(5)),
            ("events: Dr Ir\nsummary: 5 6\n", None),
            ("events: Ir\nsummary: many\n", None),
            ("events: Ir\n", None),
            ("summary: 5\n", None),
            ("", None),
        ] {
            assert_eq!(total(text), expected, "{text}");
        }
    }
}
