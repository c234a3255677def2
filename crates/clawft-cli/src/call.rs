//! `weft call`: the guest's exports, called from a file.

use std::io::Write;
use std::path::PathBuf;

use clap::Args;
use clawft_agent::{Isolated, Session};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::Failure;

/// Calls the agent as a host would call the component, and prints what each call returns.
///
/// The input has one call a line: `{"call": "init", "args": ["..."]}`, blank lines apart; the file is the life of one
/// instance. The output has one line a call: `{"ok": ...}` or `{"err": ...}`, byte for byte that of the component when
/// its host grants it neither environment nor files.
#[derive(Args)]
pub(crate) struct Options {
    /// File of calls (JSON Lines); `-` is standard input.
    file: PathBuf,
}

/// One line of a file of calls.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Call {
    /// Name of the export.
    call: String,
    args: Vec<String>,
    /// Whether whoever measures leaves it out; it is made all the same.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) setup: bool,
    /// Whether each build may reply otherwise.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) varies: bool,
    /// Whether it is left out where allocations are counted.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) uncounted: bool,
}

impl Call {
    /// A call that is to be measured.
    pub(crate) fn new(call: &str, args: impl Into<Vec<String>>) -> Self {
        Self {
            call: call.to_owned(),
            args: args.into(),
            setup: false,
            varies: false,
            uncounted: false,
        }
    }
}

pub(crate) fn run(options: &Options, output: &mut impl Write) -> Result<(), Failure> {
    let text = crate::read(&options.file)?;
    let mut session = Session::new();
    for (number, line) in (1..).zip(text.lines()) {
        if line.trim().is_empty() {
            continue;
        }
        let source = format_args!("{}:{number}", options.file.display());
        let call: Call =
            serde_json::from_str(line).map_err(|error| Failure::input(source, error))?;
        let result = match (call.call.as_str(), call.args.as_slice()) {
            ("init", [config]) => session
                .init(config, &Isolated)
                .map(|()| json!({ "ok": null })),
            ("process-message", [input]) => session
                .process_message(input)
                .map(|reply| json!({ "ok": reply })),
            ("init" | "process-message", args) => {
                let problem = format!("{} takes 1 argument, not {}", call.call, args.len());
                return Err(Failure::input(source, problem));
            }
            ("capabilities" | "alloc-stats", _) => {
                let problem = format!(
                    "{} describes a WebAssembly build: ask the component",
                    call.call
                );
                return Err(Failure::input(source, problem));
            }
            (other, _) => {
                let problem = format!("no export {other:?}: expected init or process-message");
                return Err(Failure::input(source, problem));
            }
        };
        let line = result.unwrap_or_else(|error| json!({ "err": error.to_string() }));
        writeln!(output, "{line}")?;
    }
    Ok(())
}
