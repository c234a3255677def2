use std::ffi::OsString;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use wasm_gauge::binary::elf::{ElfProgram, read_program};
use wasm_gauge::judge::NativeVerdict;
use wasm_gauge::measure::native::run::{self, Task, Work};
use wasm_gauge::measure::native::{ProgramSizes, crates};
use wasm_gauge::measure::{Callgrind, Gzip, machine};
use wasm_gauge::policy::{NativeRule, Policy};
use wasm_gauge::record::baseline::Baseline;
use wasm_gauge::record::native::{NativeProgram, NativeReport};
use wasm_gauge::render::{NativeTable, ShownNative};
use wasm_gauge::{Error, Result};

use super::named::version;
use super::output::Output;

/// Measure native programs, the builds of one program side by side
///
/// What the bytes of each ELF file are: each byte counts once, to the section that it is in, and sections to those
/// of the same kind. Ratios are to the first program.
///
/// With a policy, each program is held to `max-size` of its [native], and shown beside its goals, by which nothing
/// fails:
///   [native]
///   max-size = "5 MiB"
///   goal-start-p99-ms = 10
///   goal-size = "4 MiB"
///   goal-text = "3 MiB"
///   goal-unwind = "60 KiB" # eh_frame, eh_frame_hdr and gcc_except_table together
///
/// With --run, processes are started too, those of all programs by turns, and beside them those of a program that does
/// nothing. With --work and --input each program also gets work, a process for each input: all programs have to answer
/// alike. Times are of this machine at this time, and nothing is gated on them.
///
/// With --recorded it shows what baseline.json next to the policy has of programs.
///
/// Examples:
///   $ wasm-gauge native app
///   $ wasm-gauge native --policy gauge.toml plain=app profile-guided=pgo/app
///   $ wasm-gauge native --run --work "convert -" --input a.json --input b.json plain=app profile-guided=pgo/app
///   $ wasm-gauge native --recorded --policy gauge.toml --show sizes
///
/// Exit status:
///   0  all limits hold
///   1  a limit is broken, or programs answer otherwise than the first
///   2  wrong usage, or a policy or baseline that cannot be read
///   3  a file is not an ELF program, or fails when it is run
///   4  GNU gzip or Valgrind is missing or failed
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub struct Opts {
    /// Policy file with a [native]
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,

    /// Which tables to show, as far as there is something in them; may be repeated
    #[arg(
        long,
        value_enum,
        value_name = "TABLE",
        default_values_t = [
            NativeTableChoice::Sizes,
            NativeTableChoice::Limits,
            NativeTableChoice::Goals,
            NativeTableChoice::Start,
            NativeTableChoice::Work,
        ]
    )]
    show: Vec<NativeTableChoice>,

    /// Where the tools come from that made the programs
    #[arg(long, value_name = "NAME")]
    backend: Option<String>,

    /// A tool that decides the bytes, for the record; may be repeated
    #[arg(long, value_name = "NAME=VERSION", value_parser = version)]
    tool: Vec<(String, String)>,

    #[command(flatten)]
    run: RunOptions,

    /// Show what baseline.json next to the policy has
    #[arg(long, requires = "policy", conflicts_with_all = ["run", "programs", "tool"])]
    recorded: bool,

    /// Show this program of those that are recorded; may be repeated
    #[arg(long, value_name = "NAME", requires = "recorded")]
    only: Vec<String>,

    #[command(flatten)]
    output: Output,

    /// Programs, with a name for the tables or without
    #[arg(value_name = "[NAME=]FILE", required_unless_present = "recorded")]
    programs: Vec<OsString>,
}

/// What running takes.
#[derive(Args)]
struct RunOptions {
    /// Start processes
    #[arg(long)]
    run: bool,

    /// Arguments, separated by spaces, with which a program starts and ends at once
    #[arg(
        long,
        value_name = "ARGUMENTS",
        default_value = "--version",
        allow_hyphen_values = true,
        requires = "run"
    )]
    start: String,

    /// How many processes to start so
    #[arg(long, value_name = "N", default_value_t = 500, requires = "run")]
    starts: u64,

    /// A program that does nothing
    #[arg(long, value_name = "PROGRAM", default_value = "true", requires = "run")]
    floor: OsString,

    /// Arguments, separated by spaces, with which a program works
    #[arg(
        long,
        value_name = "ARGUMENTS",
        allow_hyphen_values = true,
        requires = "run",
        requires = "input"
    )]
    work: Option<String>,

    /// What it reads then from its standard input, a process for each; may be repeated
    #[arg(long, value_name = "FILE", requires = "work")]
    input: Vec<PathBuf>,

    /// How often to do that work
    #[arg(long, value_name = "N", default_value_t = 30, requires = "work")]
    repetitions: u64,

    /// Count instructions too, by Valgrind's callgrind
    #[arg(long, requires = "run")]
    instructions: bool,

    /// The valgrind program
    #[arg(
        long,
        value_name = "PATH",
        default_value = "valgrind",
        requires = "instructions"
    )]
    valgrind: OsString,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum NativeTableChoice {
    /// Sizes, and what the bytes are
    Sizes,
    /// What crates have in each, where it has symbols
    Crates,
    /// The policy's limit on each program
    Limits,
    /// Goals of the policy beside what was reached
    Goals,
    /// How long they take to start
    Start,
    /// How long they work
    Work,
    /// How long they take to build, where that is recorded
    Builds,
}

impl From<NativeTableChoice> for NativeTable {
    fn from(table: NativeTableChoice) -> Self {
        match table {
            NativeTableChoice::Sizes => NativeTable::Sizes,
            NativeTableChoice::Crates => NativeTable::Crates,
            NativeTableChoice::Limits => NativeTable::Limits,
            NativeTableChoice::Goals => NativeTable::Goals,
            NativeTableChoice::Start => NativeTable::Start,
            NativeTableChoice::Work => NativeTable::Work,
            NativeTableChoice::Builds => NativeTable::Builds,
        }
    }
}

impl Opts {
    /// Measures or reads, judges, and tells whether it holds.
    pub fn run(self) -> Result<bool> {
        let policy = self.policy.as_deref().map(Policy::load).transpose()?;
        let rule = policy.map_or_else(NativeRule::default, |policy| policy.native);
        let report = match &self.policy {
            Some(policy) if self.recorded => self.recorded(policy)?,
            _ => self.measured()?,
        };
        let verdict = NativeVerdict::of(report, &rule);
        let holds = verdict.holds;
        self.output.write(&ShownNative {
            verdict,
            tables: self.show.into_iter().map(NativeTable::from).collect(),
        })?;
        Ok(holds)
    }

    /// What the programs are, and what running them came to.
    fn measured(&self) -> Result<NativeReport> {
        let gzip = Gzip::find()?;
        let mut tools: std::collections::BTreeMap<_, _> = self.tool.iter().cloned().collect();
        tools.insert("gzip".to_owned(), gzip.version().to_owned());
        let named: Vec<(String, PathBuf)> = self.programs.iter().map(named).collect();
        let mut programs: Vec<NativeProgram> = Vec::new();
        for (name, path) in &named {
            if programs.iter().any(|program| program.name == *name) {
                return Err(Error::usage(format!(
                    "`{name}` is given twice: give NAME=FILE"
                )));
            }
            let bytes = read_program(path)?;
            let program = ElfProgram::parse(&bytes).map_err(|fault| Error::input(path, fault))?;
            programs.push(NativeProgram {
                name: name.clone(),
                sizes: ProgramSizes::measure(&program, &gzip)?,
                crates: if self.show.contains(&NativeTableChoice::Crates) {
                    crates(&program)
                } else {
                    None
                },
                runs: None,
            });
        }
        let mut report = NativeReport {
            backend: self.backend.clone(),
            tools,
            programs,
            machine: None,
            floor: None,
            outdated: Vec::new(),
            builds: None,
        };
        if self.run.run {
            let paths = named
                .iter()
                .map(|(_, path)| {
                    std::path::absolute(path).map_err(|error| Error::input(path, error))
                })
                .collect::<Result<Vec<_>>>()?;
            let outcome = run::run(&paths, &self.run.task()?)?;
            report.machine = Some(machine::describe().map_err(Error::System)?);
            report.floor = Some(outcome.floor);
            for (program, runs) in report.programs.iter_mut().zip(outcome.runs) {
                program.runs = Some(runs);
            }
        }
        Ok(report)
    }

    /// What the baseline beside the policy at `path` has.
    fn recorded(&self, path: &Path) -> Result<NativeReport> {
        let path = Path::with_file_name(path, "baseline.json");
        let baseline = Baseline::load(&path)?;
        let asked = |backend: &Option<String>| self.backend.is_none() || *backend == self.backend;
        let columns = baseline.columns.into_iter();
        let mut columns = columns
            .filter(|column| asked(&column.backend))
            .filter_map(|column| Some((column.backend, column.native?)));
        match (columns.next(), columns.next()) {
            (Some((backend, native)), None) => NativeReport::recorded(backend, native, &self.only)
                .map_err(|missing| Error::usage(format!("{}: {missing}", path.display()))),
            (None, _) => Err(Error::usage(format!(
                "{} has no such column with programs: `wasm-gauge baseline update --native FILE` adds them",
                path.display()
            ))),
            (Some(_), Some(_)) => Err(Error::usage(format!(
                "{} has more than one such column with programs: give --backend NAME",
                path.display()
            ))),
        }
    }
}

impl RunOptions {
    fn task(&self) -> Result<Task> {
        let words = |text: &str| text.split_whitespace().map(OsString::from).collect();
        let callgrind = self
            .instructions
            .then(|| Callgrind::find(self.valgrind.clone()));
        Ok(Task {
            floor: run::program(&self.floor)?,
            start: words(&self.start),
            starts: self.starts,
            work: self.work.as_deref().map(|work| Work {
                arguments: words(work),
                inputs: self.input.clone(),
                repetitions: self.repetitions,
            }),
            callgrind: callgrind.transpose()?,
        })
    }
}

/// Name and file of `NAME=FILE`; a file without a name is called as it is without its folders.
fn named(argument: &OsString) -> (String, PathBuf) {
    if let Some((name, path)) = argument.to_str().and_then(|text| text.split_once('='))
        && !name.is_empty()
        && !name.contains('/')
    {
        return (name.to_owned(), path.into());
    }
    let path = PathBuf::from(argument);
    let name = path.file_name().unwrap_or(path.as_os_str());
    (name.to_string_lossy().into_owned(), path)
}
