//! The command line: one file per subcommand, each with its help, its `Opts` and its `run`.

mod bans;
mod baseline;
mod bench;
mod call;
mod comment;
mod compare;
mod diff;
mod externs;
mod gate;
mod generate;
mod guest;
mod init;
mod kept;
mod lint;
mod listing;
mod measure;
mod measured;
mod memory;
mod named;
mod native;
mod opt;
mod output;
mod paths;
mod policy;
mod policy_reference;
mod profile;
mod progress;
mod repeat;
mod report;
mod same;
mod sbom;
mod schemas;
mod sections;
mod sink;
mod startup;
mod target_features;
mod twin;
mod variant;
mod verify;

use std::error::Error as _;
use std::io::{self, Write};
use std::process::ExitCode;

use clap::Parser;
use wasm_gauge::Error;
use wasm_gauge::escape::printable_lines;

/// Measures, judges and runs WebAssembly core modules and components.
///
/// Results go to standard output, diagnostics to standard error; `-` as a file reads standard
/// input.
///
/// Exit status, of every subcommand:
///   0  it holds
///   1  a judgement failed, or a guest trapped
///   2  wrong usage, a policy that cannot be read, or an output that cannot be written
///   3  an input file is not what it should be
///   4  a program that is needed is missing or failed
#[derive(Parser)]
#[command(name = "wasm-gauge", version, verbatim_doc_comment)]
enum Command {
    Bans(bans::Opts),
    #[command(subcommand)]
    Baseline(baseline::Action),
    Bench(bench::Opts),
    Call(call::Opts),
    Comment(comment::Opts),
    Compare(compare::Opts),
    Diff(diff::Opts),
    Exports(externs::Exports),
    Gate(gate::Opts),
    #[command(hide = true)]
    Generate(generate::Opts),
    Imports(externs::Imports),
    Init(init::Opts),
    Kept(kept::Opts),
    Lint(lint::Opts),
    Measure(measure::Opts),
    Memory(memory::Opts),
    Native(native::Opts),
    Opt(opt::Opts),
    Paths(paths::Opts),
    Policy(policy::Opts),
    Profile(profile::Opts),
    #[command(hide = true)]
    Repeat(repeat::Opts),
    Report(Box<report::Opts>),
    Same(same::Opts),
    Sbom(sbom::Opts),
    Sections(sections::Opts),
    Startup(startup::Opts),
    TargetFeatures(target_features::Opts),
    Verify(verify::Opts),
}

/// Parses the arguments, runs the subcommand and says how it went.
pub fn run() -> ExitCode {
    let result = match Command::parse() {
        Command::Baseline(action) => action.run(),
        Command::Bench(opts) => opts.run(),
        Command::Call(opts) => opts.run(),
        Command::Comment(opts) => opts.run(),
        Command::Compare(opts) => opts.run(),
        Command::Diff(opts) => opts.run(),
        Command::Exports(opts) => opts.run(),
        Command::Bans(opts) => opts.run(),
        Command::Gate(opts) => opts.run(),
        Command::Generate(opts) => opts.run(),
        Command::Imports(opts) => opts.run(),
        Command::Init(opts) => opts.run(),
        Command::Kept(opts) => opts.run(),
        Command::Lint(opts) => opts.run(),
        Command::Measure(opts) => opts.run(),
        Command::Memory(opts) => opts.run(),
        Command::Native(opts) => opts.run(),
        Command::Opt(opts) => opts.run(),
        Command::Paths(opts) => opts.run(),
        Command::Policy(opts) => opts.run(),
        Command::Profile(opts) => opts.run(),
        Command::Repeat(opts) => opts.run(),
        Command::Report(opts) => opts.run(),
        Command::Same(opts) => opts.run(),
        Command::Sbom(opts) => opts.run(),
        Command::Sections(opts) => opts.run(),
        Command::Startup(opts) => opts.run(),
        Command::TargetFeatures(opts) => opts.run(),
        Command::Verify(opts) => opts.run(),
    };
    match result {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(error) => {
            // When nobody reads standard error, the exit status still tells.
            let _ = writeln!(io::stderr(), "{}", printable_lines(&told(&error)));
            ExitCode::from(match error {
                Error::Trap(_) => 1,
                Error::Usage(_) | Error::System(_) | Error::Policy(_) => 2,
                Error::Input(_) => 3,
                Error::Tool(_) => 4,
            })
        }
    }
}

/// An error with what it comes of, each on lines of its own.
fn told(error: &Error) -> String {
    let mut told = format!("error: {error}");
    let mut source = error.source();
    while let Some(cause) = source {
        told.push_str(&format!("\nCaused by: {cause}"));
        source = cause.source();
    }
    told
}
