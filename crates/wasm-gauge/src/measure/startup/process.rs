//! How long processes of wasmtime's command line take: a user's way to run a component.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::time::Instant;

use serde::{Deserialize, Serialize};

use serde_json::Value;

use crate::Result;
use crate::binary::Binary;
use crate::engine::calls::Call;
use crate::measure::statistics::Spread;
use crate::tool::{Tool, Wanted, temporary_folder};

static WANTED: Wanted = Wanted {
    name: "wasmtime",
    introduction: "wasmtime ",
    description: "wasmtime",
    hint: "install it, or say where it is",
    options_variable: None,
};

/// A `wasmtime` program.
#[derive(Debug)]
pub struct Wasmtime(Tool);

/// Times of whole processes, from their start to their end.
#[derive(Debug, Deserialize, Serialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Processes {
    /// The version as wasmtime tells it.
    pub version: String,
    /// How many processes of each kind there were.
    pub repetitions: u64,
    /// `wasmtime --version`: what a process costs that does nothing.
    pub floor: Spread,
    /// `wasmtime run --invoke` of the component, which compiles it.
    pub compile: Spread,
    /// `wasmtime run --invoke` of what `wasmtime compile` made of it.
    pub precompiled: Spread,
}

impl Wasmtime {
    /// Asks `program`, a path or a name to be found on the search path, for its version.
    ///
    /// # Errors
    /// [`crate::Error::Tool`] when there is no such program, or when it is not wasmtime.
    pub fn find(program: OsString) -> Result<Self> {
        Tool::find(&WANTED, program).map(Wasmtime)
    }

    /// Starts processes that make `call` on the component `binary`, `repetitions` of each kind and at least one,
    /// by turns.
    ///
    /// # Errors
    /// [`crate::Error::Tool`] where one of them fails or answers otherwise than the one before: that is no time.
    pub fn measure(&self, binary: &Binary, call: &Call, repetitions: u64) -> Result<Processes> {
        let Wasmtime(tool) = self;
        let folder = temporary_folder()?;
        let component = folder.path().join("component.wasm");
        let precompiled = folder.path().join("component.cwasm");
        fs::write(&component, binary.bytes()).map_err(|error| tool.failed(&error))?;
        self.run(&[
            "compile".as_ref(),
            "-o".as_ref(),
            precompiled.as_os_str(),
            component.as_os_str(),
        ])?;
        let invoked = invocation(call);
        let invoke = ["--invoke".as_ref(), invoked.as_ref()];
        let run = ["run".as_ref(), "-C".as_ref(), "cache=n".as_ref()];
        let allow = ["run".as_ref(), "--allow-precompiled".as_ref()];
        let commands: [Vec<&OsStr>; 3] = [
            vec!["--version".as_ref()],
            [&run[..], &invoke, &[component.as_os_str()]].concat(),
            [&allow[..], &invoke, &[precompiled.as_os_str()]].concat(),
        ];
        let repetitions = repetitions.max(1);
        let mut times = [const { Vec::new() }; 3];
        let mut answer: Option<String> = None;
        for _ in 0..repetitions {
            for (index, (arguments, times)) in commands.iter().zip(&mut times).enumerate() {
                let start = Instant::now();
                let said = self.run(arguments)?;
                times.push(u64::try_from(start.elapsed().as_nanos()).unwrap_or(u64::MAX));
                if index > 0 && *answer.get_or_insert_with(|| said.clone()) != said {
                    return Err(tool.error(format!("`{invoked}` is not always answered alike")));
                }
            }
        }
        if answer.is_none_or(|answer| answer.trim().is_empty()) {
            return Err(tool.error(format!("`{invoked}` is not answered")));
        }
        let [floor, compile, precompiled] =
            times.map(|times| Spread::of(times.into_iter()).expect("it is repeated at least once"));
        Ok(Processes {
            version: tool.version().to_owned(),
            repetitions,
            floor,
            compile,
            precompiled,
        })
    }

    /// What a process says on standard output that ends well.
    fn run(&self, arguments: &[&OsStr]) -> Result<String> {
        let shown: Vec<_> = arguments.iter().map(|a| a.to_string_lossy()).collect();
        let mut command = self.0.command();
        let finished = self.0.run(
            command.args(arguments),
            format_args!("`{}`", shown.join(" ")),
        )?;
        Ok(String::from_utf8_lossy(&finished.stdout).into_owned())
    }
}

/// `call` as `--invoke` takes it, in the WebAssembly Value Encoding: `f("x", "y")`.
fn invocation(call: &Call) -> String {
    let args: Vec<String> = call.args.iter().map(written).collect();
    format!("{}({})", call.call, args.join(", "))
}

/// What is no string is written as JSON has it, which for records, variants and options is not what wasmtime reads: it says so.
fn written(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), quoted)
}

fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            c if c.is_control() => quoted.extend(c.escape_unicode()),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_are_written_as_wasmtime_reads_them() {
        for (args, expected) in [
            (&[][..], "f()"),
            (&["x", "é 'y'"], r#"f("x", "é 'y'")"#),
            (&["{\"a\": \"\\n\"}\n"], r#"f("{\"a\": \"\\n\"}\u{a}")"#),
        ] {
            let call = Call {
                call: "f".to_owned(),
                args: args.iter().map(|arg| Value::from(*arg)).collect(),
                setup: false,
                varies: false,
                uncounted: false,
                answer: None,
            };
            assert_eq!(invocation(&call), expected);
        }
    }
}
