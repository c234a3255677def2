//! Runs the exports of components and core modules in wasmtime, without access to this machine.
//!
//! The same calls give the same replies: no files and no environment but what is granted, no
//! network; clocks and randomness are counted out, not measured, and waiting takes no time.

pub mod calls;
mod component;
mod expansion;
mod limits;
mod module;
mod signature;
mod values;
mod wasi;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::env::consts::{ARCH, OS};
use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use wasmparser::WasmFeatures;
use wasmtime::WasmBacktrace;

use crate::binary::{Binary, Kind, missing};
use crate::escape::printable;
use crate::{Fault, Result};
use limits::Limits;
use signature::{Shape, Signature};

/// An instance whose exported functions can be called.
pub trait Guest {
    /// Calls the function `export`; a function `f` of an exported interface is
    /// `namespace:package/interface#f`.
    ///
    /// # Errors
    /// [`CallError`]; after [`CallError::Trapped`] the instance takes no more calls.
    fn call(&mut self, export: &str, args: &[Value]) -> Result<Reply, CallError>;

    /// Bytes of all its linear memories together: the most they had, since none ever shrinks.
    fn memory_bytes(&self) -> u64;

    /// What has been run so far, in wasmtime's units of fuel: most instructions cost one, and what
    /// bulk instructions copy costs nothing. None, unless the engine counts.
    fn fuel(&self) -> Option<u64>;
}

/// What of this machine a guest may see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grants {
    /// Environment variables: name and value.
    pub environment: Vec<(String, String)>,
    /// Folders to read from: where they are, and the path that the guest knows them by.
    pub folders: Vec<(PathBuf, String)>,
    /// The most that all linear memories may come to, in bytes: the guest sees growth beyond fail.
    pub max_memory_bytes: Option<u64>,
    /// The most that an instance may run, in wasmtime's units of fuel, where the engine counts.
    pub max_fuel: u64,
}

impl Default for Grants {
    fn default() -> Self {
        Grants {
            environment: Vec::new(),
            folders: Vec::new(),
            max_memory_bytes: None,
            max_fuel: DEFAULT_MAX_FUEL,
        }
    }
}

/// The most that an instance may run unless it is granted more or less: about a minute of a loop.
pub const DEFAULT_MAX_FUEL: u64 = 100_000_000_000;

/// What a call returned. As JSON: `{"ok":null}`, `{"ok":"..."}`, `{"err":"..."}`, `{"value":"..."}`; what is no string is as
/// JSON has it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Reply {
    /// A result that is ok, with its value; null where its type has none.
    Ok(Value),
    /// A result that is an error, with its value; null where its type has none.
    Err(Value),
    /// Any other value; null where the function returns none.
    Value(Value),
}

/// Why a call returned nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CallError {
    /// It was not made: there is no such function, or not with such arguments.
    #[error("{0}")]
    Refused(String),
    /// It began and did not come back.
    #[error("trapped: {0}")]
    Trapped(String),
}

/// How an [`Engine`] compiles and runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// What makes machine code.
    pub compiler: Compiler,
    /// Where instances get their memory from.
    pub allocation: Allocation,
    /// Whether what is run is counted ([`Guest::fuel`]) and bounded ([`Grants::max_fuel`]), which makes
    /// it slower.
    pub counts_fuel: bool,
    /// What the machine code may use.
    pub isa: Isa,
}

/// What machine code may use.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Isa {
    /// All that this machine has.
    #[default]
    Host,
    /// What every machine of this architecture has: the same code whichever it is made on.
    Baseline,
}

/// The target of [`Isa::Baseline`]. A target that is named gets no features beyond its architecture's.
fn baseline_target() -> String {
    let system = match OS {
        "macos" => "apple-darwin",
        _ => "unknown-linux-gnu",
    };
    format!("{ARCH}-{system}")
}

/// What makes machine code.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, schemars::JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Compiler {
    /// wasmtime's optimising compiler.
    #[default]
    Cranelift,
    /// wasmtime's baseline compiler: one pass, slower code.
    Winch,
}

/// Where instances get their memory from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Allocation {
    /// From the operating system, each for itself.
    #[default]
    OnDemand,
    /// From a pool that is reserved beforehand, [`POOL_INSTANCES`] at once.
    Pooling,
}

/// How many instances a pool has room for.
pub const POOL_INSTANCES: u32 = 4;

/// Compiles programs and makes instances of them.
pub struct Engine {
    engine: wasmtime::Engine,
    components: component::ComponentLinker,
    modules: module::ModuleLinker,
}

/// A compiled core module or component.
pub struct Program(Compiled);

enum Compiled {
    Component(component::ComponentProgram),
    Module(module::ModuleProgram),
}

impl Engine {
    /// An engine.
    ///
    /// # Errors
    /// What of the settings this machine does not have.
    pub fn new(settings: Settings) -> Result<Self, Fault> {
        let make = || {
            let mut config = wasmtime::Config::new();
            config
                .cranelift_nan_canonicalization(true)
                .relaxed_simd_deterministic(true)
                .consume_fuel(settings.counts_fuel)
                .strategy(match settings.compiler {
                    Compiler::Cranelift => wasmtime::Strategy::Cranelift,
                    Compiler::Winch => wasmtime::Strategy::Winch,
                });
            if settings.isa == Isa::Baseline {
                config.target(&baseline_target())?;
            }
            if settings.allocation == Allocation::Pooling {
                config.allocation_strategy(pool());
            }
            let engine = wasmtime::Engine::new(&config)?;
            Ok(Engine {
                components: component::linker(&engine)?,
                modules: module::linker(&engine)?,
                engine,
            })
        };
        make().map_err(fault)
    }

    /// Compiles `binary`.
    ///
    /// Components get WASI 0.2. Core modules get WASI 0.1 (`wasi_snapshot_preview1`), must carry
    /// their world in a `component-type` section, as wit-bindgen leaves it there, and follow its
    /// canonical ABI; `_initialize` is called first where it is exported.
    ///
    /// # Errors
    /// Why it cannot be run: an import that WASI does not have, a module without a world, a component
    /// that becomes too large.
    pub fn compile(&self, binary: &Binary) -> Result<Program, Fault> {
        let bytes = binary.bytes();
        Ok(Program(match binary.kind() {
            Kind::Component => Compiled::Component(component::ComponentProgram::compile(
                &self.components,
                bytes,
            )?),
            Kind::CoreModule => Compiled::Module(module::ModuleProgram::compile(
                &self.engine,
                &self.modules,
                bytes,
            )?),
        }))
    }

    /// The program that [`Program::artifact`] gave, as it would come from a file.
    ///
    /// # Errors
    /// That it was made by an engine of other settings.
    pub fn load(&self, artifact: &Artifact) -> Result<Program, Fault> {
        Ok(Program(match &artifact.0 {
            MachineCode::Component(bytes) => {
                Compiled::Component(component::ComponentProgram::load(&self.components, bytes)?)
            }
            MachineCode::Module(bytes, exports) => Compiled::Module(module::ModuleProgram::load(
                &self.engine,
                &self.modules,
                bytes,
                exports,
            )?),
        }))
    }
}

/// A program's machine code, to be loaded without compiling.
pub struct Artifact(MachineCode);

enum MachineCode {
    Component(Vec<u8>),
    Module(Vec<u8>, module::SharedExports),
}

impl Artifact {
    /// Its bytes.
    pub fn bytes(&self) -> &[u8] {
        let (MachineCode::Component(bytes) | MachineCode::Module(bytes, _)) = &self.0;
        bytes
    }

    /// The artifact of `binary` that another process kept as `bytes`.
    ///
    /// # Errors
    /// That `binary` is a core module without a world.
    ///
    /// # Safety
    /// The bytes must be those of [`Artifact::bytes`], unchanged: machine code is run as it is.
    #[allow(unsafe_code, reason = "machine code is run as it is")]
    pub unsafe fn from_bytes(binary: &Binary, bytes: Vec<u8>) -> Result<Self, Fault> {
        Ok(Artifact(match binary.kind() {
            Kind::Component => MachineCode::Component(bytes),
            Kind::CoreModule => MachineCode::Module(bytes, module::shared_exports(binary.bytes())?),
        }))
    }
}

impl Program {
    /// Its machine code, which [`Engine::load`] takes.
    ///
    /// # Errors
    /// What of it cannot be put into bytes.
    pub fn artifact(&self) -> Result<Artifact, Fault> {
        Ok(Artifact(match &self.0 {
            Compiled::Component(program) => MachineCode::Component(program.artifact()?),
            Compiled::Module(program) => {
                let (bytes, exports) = program.artifact()?;
                MachineCode::Module(bytes, exports)
            }
        }))
    }

    /// One more instance.
    ///
    /// # Errors
    /// Why there is none: a folder that cannot be read, more linear memory than is granted.
    pub fn instantiate(&self, grants: &Grants) -> Result<Box<dyn Guest>, Fault> {
        Ok(match &self.0 {
            Compiled::Component(program) => Box::new(program.instantiate(grants)?),
            Compiled::Module(program) => Box::new(program.instantiate(grants)?),
        })
    }
}

/// Compiles `binary` on an engine that counts, so that it does not run for ever.
///
/// # Errors
/// Those of [`Engine::new`] and [`Engine::compile`].
pub fn compile(binary: &Binary) -> Result<Program, Fault> {
    let counting = Settings {
        counts_fuel: true,
        ..Settings::default()
    };
    Engine::new(counting)?.compile(binary)
}

fn pool() -> wasmtime::PoolingAllocationConfig {
    // A component of today's toolchains has three or four core instances, one of them with a memory.
    let mut pool = wasmtime::PoolingAllocationConfig::new();
    pool.total_component_instances(POOL_INSTANCES)
        .total_core_instances(8 * POOL_INSTANCES)
        .total_memories(2 * POOL_INSTANCES)
        .total_tables(8 * POOL_INSTANCES)
        .table_elements(limits::MAX_TABLE_ELEMENTS);
    pool
}

/// Exported functions by name, with what is needed to call them, or why they cannot be called.
struct ExportedFunctions<F>(BTreeMap<String, Result<F, String>>);

/// A store that counts what is run, if its engine does.
fn store<T>(engine: &wasmtime::Engine, host: T, max_fuel: u64) -> wasmtime::Store<T> {
    let mut store = wasmtime::Store::new(engine, host);
    // An engine that does not count refuses, and then nothing runs out either.
    let _ = store.set_fuel(max_fuel);
    store
}

fn fuel<T>(store: &wasmtime::Store<T>, max_fuel: u64) -> Option<u64> {
    store.get_fuel().ok().map(|left| max_fuel - left)
}

impl<F> ExportedFunctions<F> {
    /// The function `name`, which takes as many arguments of `args` as `arity` says.
    fn find(
        &self,
        name: &str,
        args: &[Value],
        arity: impl Fn(&F) -> usize,
    ) -> Result<&F, CallError> {
        let refused = |reason: String| CallError::Refused(format!("`{name}`: {reason}"));
        match self.0.get(name) {
            None => {
                let names: Vec<&str> = self.0.keys().map(String::as_str).collect();
                Err(refused(format!(
                    "no such function is exported; there are: {}",
                    names.join(", ")
                )))
            }
            Some(Err(reason)) => Err(refused(reason.clone())),
            Some(Ok(function)) if arity(function) != args.len() => Err(refused(format!(
                "{} arguments expected, {} given",
                arity(function),
                args.len()
            ))),
            Some(Ok(export)) => Ok(export),
        }
    }
}

/// What wasmtime accepts, built as it is here.
fn accepted() -> WasmFeatures {
    use WasmFeatures as W;
    W::WASM1
        | W::BULK_MEMORY
        | W::CALL_INDIRECT_OVERLONG
        | W::SIGN_EXTENSION
        | W::SATURATING_FLOAT_TO_INT
        | W::MULTI_VALUE
        | W::SIMD
        | W::RELAXED_SIMD
        | W::TAIL_CALL
        | W::EXTENDED_CONST
        | W::MULTI_MEMORY
        | W::MEMORY64
        | W::COMPONENT_MODEL
}

/// Why wasmtime does not take `bytes`, which are valid.
fn cannot_run(bytes: &[u8], error: &wasmtime::Error) -> Fault {
    let proposals = match missing(bytes, accepted())[..] {
        [] => String::new(),
        ref names => format!(" with {}", names.join(", ")),
    };
    let reason = format!("is valid, but wasmtime, the engine here, does not run it{proposals}");
    Fault::from(reason).caused_by(text(error))
}

/// What wasmtime says.
fn fault(error: wasmtime::Error) -> Fault {
    text(&error).into()
}

/// An error with its causes, on one line.
fn text(error: &wasmtime::Error) -> String {
    let causes: Vec<String> = error.chain().map(ToString::to_string).collect();
    let causes = causes.join(": ");
    // Winch's errors have one where RUST_BACKTRACE is set.
    let said = causes.split("\n\nStack backtrace").next();
    printable(said.unwrap_or_default()).into_owned()
}

/// The cause first; where it happened, over several lines, after it.
fn trapped(error: wasmtime::Error) -> CallError {
    let causes: Vec<String> = error.chain().map(ToString::to_string).rev().collect();
    let mut causes = causes.join("\n");
    let frames = error
        .downcast_ref::<WasmBacktrace>()
        .map_or(&[][..], WasmBacktrace::frames);
    for name in frames
        .iter()
        .flat_map(|frame| [frame.func_name(), frame.module().name()])
        .flatten()
    {
        if let Cow::Owned(shown) = printable(name) {
            causes = causes.replace(name, &shown);
        }
    }
    CallError::Trapped(causes)
}
