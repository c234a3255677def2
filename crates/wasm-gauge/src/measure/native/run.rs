//! How long native programs take to start and to do some work, and how many instructions that is.

use std::ffi::{OsStr, OsString};
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use serde::{Deserialize, Serialize};

use crate::measure::Callgrind;
use crate::measure::size::sha256;
use crate::measure::statistics::Spread;
use crate::{Error, Result};

/// What programs are made to do.
#[derive(Debug)]
pub struct Task {
    /// A program that does nothing: what a process costs by itself.
    pub floor: PathBuf,
    /// The arguments with which a program starts and ends at once.
    pub start: Vec<OsString>,
    /// How many processes are started so, at least one.
    pub starts: u64,
    /// What else they do, if anything.
    pub work: Option<Work>,
    /// What counts instructions, if anything.
    pub callgrind: Option<Callgrind>,
}

/// Work: a process for each input, which it reads from its standard input.
#[derive(Debug)]
pub struct Work {
    /// The arguments.
    pub arguments: Vec<OsString>,
    /// The files that are read.
    pub inputs: Vec<PathBuf>,
    /// How often the work is done, at least once.
    pub repetitions: u64,
}

/// What running programs came to.
#[derive(Debug)]
pub struct AllRuns {
    /// Whole processes of the program that does nothing, from their start to their end.
    pub floor: Spread,
    /// One for each program.
    pub runs: Vec<Runs>,
}

/// What running one program came to.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Runs {
    /// How many processes were started.
    pub starts: u64,
    /// Whole processes that start and end at once.
    pub start: Spread,
    /// Instructions of such a process, where they were counted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start_instructions: Option<u64>,
    /// What its work came to, where there was some.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub work: Option<WorkRuns>,
}

/// What the work of one program came to.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WorkRuns {
    /// How many inputs there are.
    pub inputs: u64,
    /// Bytes of all of them.
    pub input_bytes: u64,
    /// How often all of them were read.
    pub repetitions: u64,
    /// Processes for all of them, one after the other, from the start of the first to the end of the last.
    pub time: Spread,
    /// Instructions of these processes, where they were counted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instructions: Option<u64>,
    /// SHA-256 of the answers to all inputs, one after the other, in hexadecimal.
    pub answers_sha256: String,
}

impl WorkRuns {
    /// Bytes of input in a second, by the median; none where it took no time.
    pub fn bytes_per_second(&self) -> Option<u64> {
        let bytes = u128::from(self.input_bytes) * 1_000_000_000;
        let rate = bytes.checked_div(u128::from(self.time.p50_ns))?;
        u64::try_from(rate).ok()
    }
}

/// Runs the programs at `paths` by turns, without an environment.
///
/// # Errors
/// [`Error::Input`] for a program that does not start, fails, or does not always answer alike, and for an input that cannot
/// be read; [`Error::Tool`] where counting fails.
pub fn run(paths: &[PathBuf], task: &Task) -> Result<AllRuns> {
    let sizes = task.work.iter().flat_map(|work| &work.inputs).map(|path| {
        let data = fs::metadata(path).map_err(|error| Error::input(path, error))?;
        Ok(data.len())
    });
    let input_bytes = sizes.sum::<Result<u64>>()?;
    let mut answers = Vec::new();
    for path in paths {
        answer(path, &task.start, None)?;
        answers.push(match &task.work {
            Some(work) => Some(work.answers(path)?),
            None => None,
        });
    }

    let starts = task.starts.max(1);
    let mut floor = Vec::new();
    let mut start = vec![Vec::new(); paths.len()];
    for _ in 0..starts {
        floor.push(timed(|| finish(&task.floor, &[], None))?);
        for (path, times) in paths.iter().zip(&mut start) {
            times.push(timed(|| finish(path, &task.start, None))?);
        }
    }
    let mut working = vec![Vec::new(); paths.len()];
    if let Some(work) = &task.work {
        for _ in 0..work.repetitions.max(1) {
            for (path, times) in paths.iter().zip(&mut working) {
                times.push(timed(|| {
                    let mut inputs = work.inputs.iter();
                    inputs.try_for_each(|input| finish(path, &work.arguments, Some(input)))
                })?);
            }
        }
    }

    let mut runs = Vec::new();
    for (index, path) in paths.iter().enumerate() {
        let instructions = |arguments: &[OsString], input: Option<&Path>| match &task.callgrind {
            Some(callgrind) => {
                let counted = command(path, arguments);
                let count = callgrind.count(&counted, stdin(input)?, path.display())?;
                Ok(Some(count))
            }
            None => Ok(None),
        };
        let work = match (&task.work, answers[index].take()) {
            (Some(work), Some(answers_sha256)) => {
                let counts = work
                    .inputs
                    .iter()
                    .map(|input| instructions(&work.arguments, Some(input)))
                    .collect::<Result<Vec<_>>>()?;
                Some(WorkRuns {
                    inputs: work.inputs.len() as u64,
                    input_bytes,
                    repetitions: work.repetitions.max(1),
                    time: spread(&working[index]),
                    instructions: counts.into_iter().sum(),
                    answers_sha256,
                })
            }
            _ => None,
        };
        runs.push(Runs {
            starts,
            start: spread(&start[index]),
            start_instructions: instructions(&task.start, None)?,
            work,
        });
    }
    Ok(AllRuns {
        floor: spread(&floor),
        runs,
    })
}

impl Work {
    /// SHA-256 of what the program at `path` answers, which it has to do alike a second time.
    fn answers(&self, path: &Path) -> Result<String> {
        let mut answers = [Vec::new(), Vec::new()];
        for answers in &mut answers {
            for input in &self.inputs {
                answers.extend(answer(path, &self.arguments, Some(input))?);
            }
        }
        let [first, second] = answers;
        if first == second {
            Ok(sha256(&first))
        } else {
            Err(Error::input(path, "does not always answer alike"))
        }
    }
}

fn spread(times: &[u64]) -> Spread {
    Spread::of(times.iter().copied()).expect("it is repeated at least once")
}

fn command(program: &Path, arguments: &[OsString]) -> Command {
    let mut command = Command::new(program);
    command.args(arguments).env_clear();
    command
}

fn stdin(input: Option<&Path>) -> Result<Stdio> {
    match input {
        Some(path) => {
            let file = File::open(path).map_err(|error| Error::input(path, error))?;
            Ok(file.into())
        }
        None => Ok(Stdio::null()),
    }
}

/// What a process answers on standard output that ends well.
fn answer(program: &Path, arguments: &[OsString], input: Option<&Path>) -> Result<Vec<u8>> {
    let output = command(program, arguments)
        .stdin(stdin(input)?)
        .output()
        .map_err(|error| Error::input(program, error))?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(failed(program, arguments, &output.status, said.trim_end()))
}

/// Waits for a process that has to end well, whatever it answers.
fn finish(program: &Path, arguments: &[OsString], input: Option<&PathBuf>) -> Result<()> {
    let status = command(program, arguments)
        .stdin(stdin(input.map(PathBuf::as_path))?)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .map_err(|error| Error::input(program, error))?;
    if status.success() {
        Ok(())
    } else {
        Err(failed(program, arguments, &status, "it did not before"))
    }
}

fn failed(
    program: &Path,
    arguments: &[OsString],
    status: &std::process::ExitStatus,
    said: &str,
) -> Error {
    let arguments: Vec<_> = arguments.iter().map(|one| one.to_string_lossy()).collect();
    Error::input(
        program,
        format!("`{}` failed ({status}): {said}", arguments.join(" ")),
    )
}

/// How many ns `work` takes.
fn timed(work: impl FnOnce() -> Result<()>) -> Result<u64> {
    let start = Instant::now();
    work()?;
    Ok(u64::try_from(start.elapsed().as_nanos()).unwrap_or(u64::MAX))
}

/// The file of a program: a path as it is, a bare name from the search path.
///
/// # Errors
/// [`Error::Usage`] where there is none.
pub fn program(name: &OsStr) -> Result<PathBuf> {
    let path = Path::new(name);
    let missing = || Error::usage(format!("{}: no such program", path.display()));
    if path.components().count() > 1 {
        return std::path::absolute(path).map_err(|_| missing());
    }
    let folders = std::env::var_os("PATH").unwrap_or_default();
    let mut files = std::env::split_paths(&folders).map(|folder| folder.join(path));
    files.find(|file| file.is_file()).ok_or_else(missing)
}
