//! `wasm-gauge`: what a WebAssembly binary costs, and whether that is within its budget.

use std::process::ExitCode;

mod cli;

fn main() -> ExitCode {
    cli::run()
}
