//! `clawft-workload`: what components and builds of `weft` are put to work with, and what they have to answer.

mod calls;
mod conversations;

use std::fmt;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use clawft_agent::Session;
use clawft_workload::answer::{self, Agent, Weft};

/// What components and builds of weft are put to work with, and what they have to answer.
///
/// Exit status: 0 done, 2 wrong usage, 3 bad input, 4 output failed, or a program did what weft does not do.
#[derive(Parser)]
#[command(version)]
struct Options {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Answer(AnswerOptions),
    Calls(calls::Options),
    Conversations(conversations::Options),
}

/// Calls the agent as a host would call the component, and prints what each call returns.
///
/// The input has one call a line: `{"call": "init", "args": ["..."]}`, blank lines apart; the file is the life of one
/// instance. The output has one line a call: `{"ok": ...}` or `{"err": ...}`, byte for byte that of the component when
/// its host grants it neither environment nor files.
#[derive(clap::Args)]
struct AnswerOptions {
    /// Let this build of weft answer, each message in a process of its own, in place of the agent in this program.
    #[arg(long, value_name = "PROGRAM")]
    weft: Option<PathBuf>,
    /// File of calls (JSON Lines); `-` is standard input.
    file: PathBuf,
}

/// Why a command ended early, and its exit status.
struct Failure {
    status: u8,
    message: String,
}

impl Failure {
    /// The input is not what it should be: exit status 3.
    fn input(source: impl fmt::Display, problem: impl fmt::Display) -> Self {
        let message = format!("{source}: {problem}");
        Self { status: 3, message }
    }
}

impl From<io::Error> for Failure {
    /// Writing failed: exit status 4.
    fn from(error: io::Error) -> Self {
        let message = format!("standard output: {error}");
        Self { status: 4, message }
    }
}

/// The text of a file, or of standard input for `-`.
fn read(path: &Path) -> Result<String, Failure> {
    let text = if path == Path::new("-") {
        let mut text = String::new();
        io::stdin().read_to_string(&mut text).map(|_| text)
    } else {
        std::fs::read_to_string(path)
    };
    text.map_err(|error| Failure::input(path.display(), error))
}

fn answer(options: &AnswerOptions, output: &mut impl Write) -> Result<(), Failure> {
    let text = read(&options.file)?;
    let folder = tempfile::tempdir()?;
    let mut agent: Box<dyn Agent> = match &options.weft {
        Some(program) => Box::new(Weft::new(program.clone(), folder.path().to_owned())),
        None => Box::new(Session::new()),
    };
    let mut written = Ok(());
    let answered = answer::answer(&text, &mut *agent, |line| {
        if written.is_ok() {
            written = writeln!(output, "{line}");
        }
    });
    written?;
    answered.map_err(|failure| match failure {
        answer::Failure::Line(number, problem) => {
            Failure::input(format_args!("{}:{number}", options.file.display()), problem)
        }
        answer::Failure::Program(message) => Failure { status: 4, message },
    })
}

fn main() -> ExitCode {
    let mut output = io::stdout().lock();
    let result = match Options::parse().command {
        Command::Answer(options) => answer(&options, &mut output),
        Command::Calls(options) => calls::run(&options, &mut output).map_err(Failure::from),
        Command::Conversations(options) => conversations::run(&options).map_err(|error| Failure {
            status: 4,
            message: error.to_string(),
        }),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure { status, message }) => {
            eprintln!("clawft-workload: {message}");
            ExitCode::from(status)
        }
    }
}
