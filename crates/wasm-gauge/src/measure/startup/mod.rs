//! How long it takes from bytes to the first answer, in process.

pub mod process;

use std::fs;
use std::path::Path;
use std::time::Instant;

use serde::{Deserialize, Serialize};

use super::statistics::Spread;
use crate::Error;
use crate::binary::{Binary, Kind};
use crate::engine::calls::Call;
use crate::engine::{Allocation, Compiler, Engine, Grants, Program, Reply, Settings};
use process::Processes;

/// The start-up times of a file, by what is done before its first answer.
///
/// StartTimes depend on the machine and on what else it does: they are for reading, never for gates.
#[derive(Debug, Deserialize, Serialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Startup {
    /// The file's name without its folders.
    pub file: String,
    /// What it is.
    pub kind: Kind,
    /// The first call, where one was made.
    pub call: Option<String>,
    /// What it returned, the same in each scenario and each time.
    pub reply: Option<Reply>,
    /// Pages of 65,536 bytes of linear memory after the first call.
    pub pages: u64,
    /// One for each way to start.
    pub scenarios: Vec<Scenario>,
    /// Why there are none with Winch, where it does not compile this binary, or not for this machine.
    pub winch_refused: Option<String>,
    /// How long processes of wasmtime's command line take for the same, where that was measured.
    pub processes: Option<Processes>,
}

/// One way to start.
#[derive(Debug, Deserialize, Serialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// What makes the machine code.
    pub compiler: Compiler,
    /// Where the machine code comes from.
    pub start: Start,
    /// Bytes of the machine code as it is kept.
    pub artifact_bytes: u64,
    /// How often it was repeated.
    pub repetitions: u64,
    /// From bytes to a program; none where a program was there.
    pub load: Option<Spread>,
    /// From the program to an instance.
    pub instantiate: Spread,
    /// The first call; none where there is no call to make.
    pub first_call: Option<Spread>,
    /// All of it together.
    pub total: Spread,
}

/// Where the machine code comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Start {
    /// It is compiled.
    Cold,
    /// It was compiled before and is loaded.
    Precompiled,
    /// The program is there.
    Warm,
    /// The program is there, and so is memory for the instance.
    Pooled,
}

/// How often each way is repeated.
#[derive(Clone, Copy, Debug)]
pub struct Repetitions {
    /// Where it is compiled each time.
    pub cold: u64,
    /// Where it is not.
    pub other: u64,
}

/// The times of one start, in ns.
struct StartTimes {
    load: Option<u64>,
    instantiate: u64,
    first_call: Option<u64>,
}

impl Startup {
    /// Reads what `wasm-gauge startup` wrote to `path`.
    ///
    /// # Errors
    /// [`Error::Input`] for what is no such thing.
    pub fn read(path: &Path) -> Result<Self, Error> {
        let wrong = |reason| Error::Input {
            place: path.display().to_string(),
            reason,
        };
        let text = fs::read_to_string(path).map_err(|error| wrong(error.to_string()))?;
        serde_json::from_str(&text)
            .map_err(|error| wrong(format!("no result of `wasm-gauge startup`: {error}")))
    }

    /// Starts `binary`, to be called `label`, in each way, and makes `call` if there is one. `done`
    /// is called after each of the [`Startup::scenarios`] ways. Winch has no garbage collection, no tail
    /// calls and not every architecture: what it refuses is told, and is no error.
    ///
    /// # Errors
    /// Why Cranelift does not compile it, why it does not start or does not answer, or that it does not always answer alike.
    pub fn measure(
        label: &str,
        binary: &Binary,
        call: Option<&Call>,
        repetitions: Repetitions,
        done: &dyn Fn(),
    ) -> Result<Self, String> {
        let mut startup = Startup {
            file: label.to_owned(),
            kind: binary.kind(),
            call: call.map(|call| call.call.clone()),
            reply: None,
            pages: 0,
            scenarios: Vec::new(),
            winch_refused: None,
            processes: None,
        };
        for (compiler, start) in Self::ways() {
            let settings = Settings {
                compiler,
                allocation: match start {
                    Start::Pooled => Allocation::Pooling,
                    _ => Allocation::OnDemand,
                },
                ..Settings::default()
            };
            let compiled =
                Engine::new(settings).and_then(|engine| Ok((engine.compile(binary)?, engine)));
            let (program, engine) = match compiled {
                Ok(compiled) => compiled,
                Err(reason) if compiler == Compiler::Winch => {
                    startup.winch_refused = Some(reason);
                    done();
                    continue;
                }
                Err(reason) => return Err(reason),
            };
            let artifact = program.artifact()?;
            let count = match start {
                Start::Cold => repetitions.cold,
                _ => repetitions.other,
            };
            let mut times = Vec::new();
            for _ in 0..count.max(1) {
                let loaded = match start {
                    Start::Cold => Some(timed(|| engine.compile(binary))?),
                    Start::Precompiled => Some(timed(|| engine.load(&artifact))?),
                    Start::Warm | Start::Pooled => None,
                };
                let (load, program) = match &loaded {
                    Some((load, program)) => (Some(*load), program),
                    None => (None, &program),
                };
                times.push(startup.start(program, call, load)?);
            }
            startup.scenarios.push(Scenario::of(
                compiler,
                start,
                artifact.bytes().len() as u64,
                &times,
            ));
            done();
        }
        Ok(startup)
    }

    /// How many ways there are.
    pub fn scenarios() -> usize {
        Self::ways().count()
    }

    fn ways() -> impl Iterator<Item = (Compiler, Start)> {
        [Compiler::Cranelift, Compiler::Winch]
            .into_iter()
            .flat_map(|compiler| {
                [Start::Cold, Start::Precompiled, Start::Warm, Start::Pooled]
                    .map(|start| (compiler, start))
            })
    }

    /// Makes an instance of `program`, which took `load` ns to get, and calls it.
    fn start(
        &mut self,
        program: &Program,
        call: Option<&Call>,
        load: Option<u64>,
    ) -> Result<StartTimes, String> {
        let (instantiate, mut guest) = timed(|| program.instantiate(&Grants::default()))?;
        let mut first_call = None;
        if let Some(call) = call {
            let (time, reply) = timed(|| {
                guest
                    .call(&call.call, &call.args)
                    .map_err(|error| format!("`{}`: {error}", call.call))
            })?;
            if self.reply.as_ref().is_some_and(|before| *before != reply) {
                return Err(format!("`{}` does not always answer alike", call.call));
            }
            self.reply = Some(reply);
            first_call = Some(time);
        }
        self.pages = guest.memory_bytes() / 65_536;
        Ok(StartTimes {
            load,
            instantiate,
            first_call,
        })
    }
}

impl Scenario {
    fn of(compiler: Compiler, start: Start, artifact_bytes: u64, times: &[StartTimes]) -> Self {
        let total = |times: &StartTimes| {
            times.load.unwrap_or_default()
                + times.instantiate
                + times.first_call.unwrap_or_default()
        };
        Scenario {
            compiler,
            start,
            artifact_bytes,
            repetitions: times.len() as u64,
            load: Spread::of(times.iter().filter_map(|times| times.load)),
            instantiate: Spread::of(times.iter().map(|times| times.instantiate))
                .expect("it is repeated at least once"),
            first_call: Spread::of(times.iter().filter_map(|times| times.first_call)),
            total: Spread::of(times.iter().map(total)).expect("it is repeated at least once"),
        }
    }
}

/// What `work` returns, and how many ns it took.
fn timed<T>(work: impl FnOnce() -> Result<T, String>) -> Result<(u64, T), String> {
    let start = Instant::now();
    let value = work()?;
    let nanoseconds = start.elapsed().as_nanos();
    // More than 500 years do not fit.
    Ok((u64::try_from(nanoseconds).unwrap_or(u64::MAX), value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_winch_refuses_is_told() {
        for (code, refused) in [("call $g", false), ("return_call $g", true)] {
            let text = format!(
                r#"(component
                  (core module $m
                    (func $g (result i32) i32.const 1)
                    (func (export "f") (result i32) {code}))
                  (core instance $i (instantiate $m))
                  (func (export "f") (result u32) (canon lift (core func $i "f"))))"#
            );
            let bytes = wat::parse_str(text).expect("it assembles");
            let binary = Binary::parse(&bytes).expect("it is valid");
            let once = Repetitions { cold: 1, other: 1 };
            let startup = Startup::measure("f", &binary, None, once, &|| {}).expect("it starts");
            let expected = if refused { 4 } else { 8 };
            assert_eq!(startup.scenarios.len(), expected, "{code}");
            assert_eq!(startup.winch_refused.is_some(), refused, "{code}");
        }
    }
}
