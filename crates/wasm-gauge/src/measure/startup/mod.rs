//! How long it takes from bytes to the first answer, in process.

pub mod process;

use std::path::Path;
use std::time::Instant;

use serde::{Deserialize, Serialize};

use super::statistics::Spread;
use crate::binary::{Binary, Kind};
use crate::engine::calls::Call;
use crate::engine::{
    self, Allocation, CallError, Compiler, Engine, Grants, Guest, Program, Reply, Settings,
};
use crate::{Fault, Result, file};
use process::Processes;

/// The start-up times of a file, by what is done before its first answer.
///
/// They depend on the machine and on what else it does: they are for reading, never for gates.
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
    /// Pages of 65,536 bytes of all linear memories together after the first call.
    pub pages: u64,
    /// One for each way to start that was measured.
    pub scenarios: Vec<Scenario>,
    /// The other ways.
    pub unmeasured: Vec<UnmeasuredScenario>,
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

/// A way to start that this binary cannot take.
#[derive(Debug, Deserialize, Serialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct UnmeasuredScenario {
    /// What would make the machine code.
    pub compiler: Compiler,
    /// Where it would come from.
    pub start: Start,
    /// Why there is none, or no instance of it.
    pub reason: String,
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
    /// [`Error::Input`](crate::Error::Input) for what is no such thing.
    pub fn read(path: &Path) -> Result<Self> {
        file::json(path, "a result of `wasm-gauge startup`")
    }

    /// Starts `binary`, to be called `label`, in each way, and makes `call` if there is one. `done`
    /// is called after each of the [`Startup::scenarios`] ways. Before that it is done once with what
    /// `grants` bounds, since what is timed is not bounded.
    ///
    /// # Errors
    /// Why it starts in no way or does not answer, or that it does not always answer alike.
    pub fn measure(
        label: &str,
        binary: &Binary,
        call: Option<&Call>,
        grants: &Grants,
        repetitions: Repetitions,
        done: &dyn Fn(),
    ) -> Result<Self, Fault> {
        if let Ok(program) = engine::compile(binary) {
            let mut guest = program.instantiate(grants)?;
            if let Some(call) = call {
                answer(&mut *guest, call)?;
            }
        }
        let mut first = None;
        let mut startup = Startup {
            file: label.to_owned(),
            kind: binary.kind(),
            call: call.map(|call| call.call.clone()),
            reply: None,
            pages: 0,
            scenarios: Vec::new(),
            unmeasured: Vec::new(),
            processes: None,
        };
        for (compiler, start) in Self::ways() {
            match startup.scenario(binary, (compiler, start), call, repetitions) {
                Ok(scenario) => startup.scenarios.push(scenario),
                Err(Failure::Guest(fault)) => return Err(fault),
                Err(Failure::Way(fault)) => {
                    startup.unmeasured.push(UnmeasuredScenario {
                        compiler,
                        start,
                        reason: fault.line(),
                    });
                    first.get_or_insert(fault);
                }
            }
            done();
        }
        match first {
            Some(fault) if startup.scenarios.is_empty() => Err(fault),
            _ => Ok(startup),
        }
    }

    /// Starts `binary` in one way as often as it is to be repeated.
    fn scenario(
        &mut self,
        binary: &Binary,
        (compiler, start): (Compiler, Start),
        call: Option<&Call>,
        repetitions: Repetitions,
    ) -> Result<Scenario, Failure> {
        let settings = Settings {
            compiler,
            allocation: match start {
                Start::Pooled => Allocation::Pooling,
                _ => Allocation::OnDemand,
            },
            ..Settings::default()
        };
        let engine = Engine::new(settings).map_err(Failure::Way)?;
        let program = engine.compile(binary).map_err(Failure::Way)?;
        let artifact = program.artifact().map_err(Failure::Way)?;
        let count = match start {
            Start::Cold => repetitions.cold,
            _ => repetitions.other,
        };
        let mut times = Vec::new();
        for _ in 0..count.max(1) {
            let loaded = match start {
                Start::Cold => Some(timed(|| engine.compile(binary)).map_err(Failure::Way)?),
                Start::Precompiled => Some(timed(|| engine.load(&artifact)).map_err(Failure::Way)?),
                Start::Warm | Start::Pooled => None,
            };
            let (load, program) = match &loaded {
                Some((load, program)) => (Some(*load), program),
                None => (None, &program),
            };
            times.push(self.start(program, call, load)?);
        }
        Ok(Scenario::of(
            compiler,
            start,
            artifact.bytes().len() as u64,
            &times,
        ))
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
    ) -> Result<StartTimes, Failure> {
        let (instantiate, mut guest) =
            timed(|| program.instantiate(&Grants::default())).map_err(Failure::Way)?;
        let mut first_call = None;
        if let Some(call) = call {
            let (time, reply) = timed(|| answer(&mut *guest, call)).map_err(Failure::Guest)?;
            if self.reply.as_ref().is_some_and(|before| *before != reply) {
                let reason = format!("`{}` does not always answer alike", call.call);
                return Err(Failure::Guest(reason.into()));
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

/// Why there are no times.
enum Failure {
    /// The compiler or the memory cannot do it.
    Way(Fault),
    /// The guest does not answer, whatever the way.
    Guest(Fault),
}

/// What `guest` answers to `call`.
fn answer(guest: &mut dyn Guest, call: &Call) -> Result<Reply, Fault> {
    guest
        .call(&call.call, &call.args)
        .map_err(|error| match error {
            CallError::Refused(reason) => reason.into(),
            CallError::Trapped(_) => format!("`{}` {error}", call.call).into(),
        })
}

/// What `work` returns, and how many ns it took.
fn timed<T>(work: impl FnOnce() -> Result<T, Fault>) -> Result<(u64, T), Fault> {
    let start = Instant::now();
    let value = work()?;
    let nanoseconds = start.elapsed().as_nanos();
    // More than 500 years do not fit.
    Ok((u64::try_from(nanoseconds).unwrap_or(u64::MAX), value))
}
