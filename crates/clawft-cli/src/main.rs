//! `weft`: clawft's agent as a native program.

mod message;

use std::fmt;
use std::io::{self, Read};
use std::path::Path;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// clawft's agent as a native program.
///
/// Exit status: 0 done, 2 wrong usage, 3 bad input, 4 output failed.
#[derive(Parser)]
#[command(version)]
struct Options {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Message(message::Options),
}

/// Why a command ended early, and its exit status.
#[derive(Debug)]
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

fn main() -> ExitCode {
    let mut output = io::stdout().lock();
    let result = match Options::parse().command {
        Command::Message(options) => message::run(&options, &mut output),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure { status, message }) => {
            eprintln!("weft: {message}");
            ExitCode::from(status)
        }
    }
}
