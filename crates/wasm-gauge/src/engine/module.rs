//! Core modules that export the functions of a WIT world by the canonical ABI, with WASI 0.1.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use serde_json::Value;
use wasmtime::{
    Caller, Engine, Error, ExternType, FuncType, Instance, InstancePre, Memory, Store, TypedFunc,
    Val,
};
use wasmtime_wasi::preview1::{self, WasiP1Ctx};
use wit_component::metadata::{self, Bindgen};
use wit_parser::WorldItem;
use wit_parser::abi::{WasmSignature, WasmType};

use super::{
    CallError, ExportedFunctions, Grants, Guest, Limits, Reply, Shape, Signature, cannot_run,
    fault, trapped, wasi,
};
use crate::Fault;

/// `cabi_realloc`: old pointer, old size, alignment and new size to new pointer.
type Realloc = TypedFunc<(u32, u32, u32, u32), u32>;

/// The export that has this type.
const REALLOC: &str = "cabi_realloc";

/// The export that is called first.
const INITIALIZE: &str = "_initialize";

/// Where the string of a result lies behind its discriminant, in bytes: the discriminant is one
/// byte, a string's pointer and length are aligned to four.
const PAYLOAD_OFFSET: u32 = 4;

/// What the address of a result is a multiple of, as the pointers in it are.
const RESULT_ALIGNMENT: u32 = 4;

/// What core modules may import.
pub(super) type ModuleLinker = wasmtime::Linker<ModuleHost>;

/// All of WASI 0.1.
pub(super) fn linker(engine: &Engine) -> wasmtime::Result<ModuleLinker> {
    let mut linker = ModuleLinker::new(engine);
    preview1::add_to_linker_sync(&mut linker, |host: &mut ModuleHost| &mut host.wasi)?;
    linker.allow_shadowing(true);
    linker.func_wrap("wasi_snapshot_preview1", "poll_oneoff", poll_at_once)?;
    linker.allow_shadowing(false);
    Ok(linker)
}

/// `poll_oneoff` of WASI 0.1 where nobody waits: all that is asked for is ready. Time passes by looking at a clock, standard
/// input is at its end, what is written goes nowhere, and files can always be read.
fn poll_at_once(
    mut caller: Caller<'_, ModuleHost>,
    subscriptions: u32,
    events: u32,
    count: u32,
    written: u32,
) -> u32 {
    /// Bytes of a subscription and of an event.
    const SUBSCRIPTION: usize = 48;
    const EVENT: usize = 32;
    /// Error numbers.
    const SUCCESS: u32 = 0;
    const FAULT: u32 = 21;
    const INVALID: u32 = 28;
    if count == 0 {
        return INVALID;
    }
    let Some(memory) = caller
        .get_export("memory")
        .and_then(|export| export.into_memory())
    else {
        return FAULT;
    };
    let memory = memory.data_mut(&mut caller);
    let mut poll = || {
        for index in 0..count as usize {
            let from = subscriptions as usize + index * SUBSCRIPTION;
            // User data, and behind it what is asked for, a clock or a descriptor.
            let asked: [u8; 9] = memory
                .get(from..from + SUBSCRIPTION)?
                .first_chunk()
                .copied()?;
            let to = events as usize + index * EVENT;
            let event = memory.get_mut(to..to + EVENT)?;
            event.fill(0);
            event[..8].copy_from_slice(&asked[..8]);
            event[10] = asked[8];
        }
        let to = written as usize;
        memory
            .get_mut(to..to + 4)?
            .copy_from_slice(&count.to_le_bytes());
        Some(())
    };
    poll().map_or(FAULT, |()| SUCCESS)
}

/// The world's functions; machine code does not have them.
pub(super) type SharedExports = Arc<ExportedFunctions<(Signature, CoreType)>>;

/// The type of a core function.
#[derive(Clone, PartialEq)]
pub(super) struct CoreType {
    params: Vec<String>,
    results: Vec<String>,
}

impl CoreType {
    /// What the canonical ABI makes of a function's type.
    fn of_abi(signature: &WasmSignature) -> Self {
        let names = |types: &[WasmType]| {
            let name = |ty: &WasmType| match ty {
                WasmType::I64 | WasmType::PointerOrI64 => "i64",
                WasmType::F32 => "f32",
                WasmType::F64 => "f64",
                WasmType::I32 | WasmType::Pointer | WasmType::Length => "i32",
            };
            types.iter().map(|ty| name(ty).to_owned()).collect()
        };
        CoreType {
            params: names(&signature.params),
            results: names(&signature.results),
        }
    }

    fn of(function: &FuncType) -> Self {
        CoreType {
            params: function.params().map(|ty| ty.to_string()).collect(),
            results: function.results().map(|ty| ty.to_string()).collect(),
        }
    }

    /// What `cabi_post_` takes of a function of this type.
    fn post_return(&self) -> Self {
        CoreType {
            params: self.results.clone(),
            results: Vec::new(),
        }
    }
}

impl fmt::Display for CoreType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "({}) -> ({})",
            self.params.join(", "),
            self.results.join(", ")
        )
    }
}

/// A compiled core module.
pub(super) struct ModuleProgram {
    pre: InstancePre<ModuleHost>,
    exports: SharedExports,
}

/// An instance of a core module.
pub(super) struct ModuleGuest {
    store: Store<ModuleHost>,
    instance: Instance,
    memory: Memory,
    realloc: Realloc,
    exports: SharedExports,
}

pub(super) struct ModuleHost {
    wasi: WasiP1Ctx,
    limits: Limits,
}

/// The functions of the world that the core module `bytes` carries.
pub(super) fn shared_exports(bytes: &[u8]) -> Result<SharedExports, Fault> {
    exports(bytes).map(Arc::new)
}

impl ModuleProgram {
    pub(super) fn compile(
        engine: &Engine,
        linker: &ModuleLinker,
        bytes: &[u8],
    ) -> Result<Self, Fault> {
        let mut exports = exports(bytes)?;
        let module = wasmtime::Module::from_binary(engine, bytes)
            .map_err(|error| cannot_run(bytes, &error))?;
        check_types(&mut exports, &module);
        Self::new(linker, &module, Arc::new(exports)).map_err(fault)
    }

    #[allow(unsafe_code, reason = "machine code is run as it is")]
    pub(super) fn load(
        engine: &Engine,
        linker: &ModuleLinker,
        artifact: &[u8],
        exports: &SharedExports,
    ) -> Result<Self, Fault> {
        // SAFETY: the bytes are what `artifact` returned: whoever makes an `Artifact` of others promises that.
        unsafe { wasmtime::Module::deserialize(engine, artifact) }
            .and_then(|module| Self::new(linker, &module, Arc::clone(exports)))
            .map_err(fault)
    }

    fn new(
        linker: &ModuleLinker,
        module: &wasmtime::Module,
        exports: SharedExports,
    ) -> wasmtime::Result<Self> {
        Ok(ModuleProgram {
            exports,
            pre: linker.instantiate_pre(module)?,
        })
    }

    pub(super) fn artifact(&self) -> Result<(Vec<u8>, SharedExports), Fault> {
        let bytes = self.pre.module().serialize().map_err(fault)?;
        Ok((bytes, Arc::clone(&self.exports)))
    }

    pub(super) fn instantiate(&self, grants: &Grants) -> Result<ModuleGuest, Fault> {
        let instantiate = || {
            let host = ModuleHost {
                wasi: wasi::builder(grants)?.build_p1(),
                limits: Limits::new(grants),
            };
            let max_fuel = host.limits.max_fuel();
            let mut store = super::store(self.pre.module().engine(), host, max_fuel);
            store.limiter(|host| &mut host.limits);
            match self.start(&mut store) {
                Ok((instance, memory, realloc)) => Ok(ModuleGuest {
                    store,
                    instance,
                    memory,
                    realloc,
                    exports: Arc::clone(&self.exports),
                }),
                Err(error) => Err(store.data().limits.explained(error)),
            }
        };
        instantiate().map_err(fault)
    }

    fn start(
        &self,
        store: &mut Store<ModuleHost>,
    ) -> wasmtime::Result<(Instance, Memory, Realloc)> {
        let instance = self.pre.instantiate(&mut *store)?;
        let named = |name: &str, error: Error| error.context(format!("its export `{name}`"));
        if instance.get_func(&mut *store, INITIALIZE).is_some() {
            instance
                .get_typed_func::<(), ()>(&mut *store, INITIALIZE)
                .map_err(|error| named(INITIALIZE, error))?
                .call(&mut *store, ())?;
        }
        let memory = instance
            .get_memory(&mut *store, "memory")
            .ok_or_else(|| Error::msg("exports no memory `memory`"))?;
        let realloc = instance
            .get_typed_func(&mut *store, REALLOC)
            .map_err(|error| named(REALLOC, error))?;
        Ok((instance, memory, realloc))
    }
}

impl ModuleGuest {
    /// Puts a string into the guest's memory, as an argument: its pointer and its length in bytes.
    fn lower(&mut self, string: &str) -> wasmtime::Result<[Val; 2]> {
        let length = u32::try_from(string.len())?;
        let pointer = self.realloc.call(&mut self.store, (0, 0, 1, length))?;
        self.memory
            .write(&mut self.store, pointer as usize, string.as_bytes())?;
        Ok([
            Val::I32(pointer.cast_signed()),
            Val::I32(length.cast_signed()),
        ])
    }

    /// What the core function returned: a discriminant, or the address of what it would not fit.
    fn lift(&self, shape: Shape, returned: u32) -> wasmtime::Result<Reply> {
        let is_address = !matches!(
            shape,
            Shape::Result {
                ok: false,
                err: false
            }
        );
        if is_address && !returned.is_multiple_of(RESULT_ALIGNMENT) {
            return Err(Error::msg(format!(
                "returned the address {returned:#x}, which is no multiple of {RESULT_ALIGNMENT}"
            )));
        }
        match shape {
            Shape::Value => self.string(returned).map(|text| Reply::Value(text.into())),
            Shape::Result { ok, err } => {
                let in_memory = ok || err;
                let discriminant = if in_memory {
                    u32::from(self.read::<1>(returned)?[0])
                } else {
                    returned
                };
                let payload = |present: bool| {
                    let text = present.then(|| self.string(returned.wrapping_add(PAYLOAD_OFFSET)));
                    text.transpose().map(Value::from)
                };
                match discriminant {
                    0 => payload(ok).map(Reply::Ok),
                    1 => payload(err).map(Reply::Err),
                    other => Err(Error::msg(format!(
                        "returned a result with the discriminant {other}"
                    ))),
                }
            }
        }
    }

    /// The string whose pointer and length lie at `address`.
    fn string(&self, address: u32) -> wasmtime::Result<String> {
        let [p0, p1, p2, p3, l0, l1, l2, l3] = self.read::<8>(address)?;
        let start = u32::from_le_bytes([p0, p1, p2, p3]) as usize;
        let length = u32::from_le_bytes([l0, l1, l2, l3]) as usize;
        let bytes = self
            .memory
            .data(&self.store)
            .get(start..start + length)
            .ok_or_else(|| {
                Error::msg(format!(
                    "returned a string of {length} bytes at {start:#x}, which is outside of its memory"
                ))
            })?;
        Ok(std::str::from_utf8(bytes)?.to_owned())
    }

    fn read<const N: usize>(&self, address: u32) -> wasmtime::Result<[u8; N]> {
        let mut bytes = [0; N];
        self.memory
            .read(&self.store, address as usize, &mut bytes)?;
        Ok(bytes)
    }
}

impl Guest for ModuleGuest {
    fn call(&mut self, export: &str, args: &[Value]) -> Result<Reply, CallError> {
        let arity = |(signature, _): &(Signature, CoreType)| signature.strings;
        let shape = self.exports.find(export, args, arity)?.0.shape;
        let args = args.iter().map(|arg| {
            let refused = || CallError::Refused(format!("`{export}`: {arg} is not a string"));
            arg.as_str().ok_or_else(refused)
        });
        let args: Vec<&str> = args.collect::<Result<_, _>>()?;
        let call = || {
            let mut flat = Vec::new();
            for arg in args {
                flat.extend(self.lower(arg)?);
            }
            let function = self
                .instance
                .get_func(&mut self.store, export)
                .ok_or_else(|| Error::msg("it is not exported"))?;
            let mut returned = [Val::I32(0)];
            function.call(&mut self.store, &flat, &mut returned)?;
            let address = returned[0]
                .i32()
                .ok_or_else(|| Error::msg("returned no i32, as the canonical ABI has it"))?;
            let reply = self.lift(shape, address.cast_unsigned())?;
            // Lets the guest free what it returned.
            let post_return = format!("cabi_post_{export}");
            if let Some(function) = self.instance.get_func(&mut self.store, &post_return) {
                function.call(&mut self.store, &returned, &mut [])?;
            }
            Ok(reply)
        };
        call().map_err(|error| trapped(self.store.data().limits.explained(error)))
    }

    fn memory_bytes(&self) -> u64 {
        self.store.data().limits.memory_bytes()
    }

    fn fuel(&self) -> Option<u64> {
        super::fuel(&self.store, self.store.data().limits.max_fuel())
    }
}

/// The functions of the world that the module's `component-type` sections describe.
fn exports(bytes: &[u8]) -> Result<ExportedFunctions<(Signature, CoreType)>, Fault> {
    let (world_found, Bindgen { resolve, world, .. }) = metadata::decode(bytes)
        .map_err(|error| format!("its component-type section: {error:#}"))?;
    if world_found.is_none() {
        return Err(
            "a core module without a component-type section: the types of its exports are unknown"
                .into(),
        );
    }
    let mut exports = BTreeMap::new();
    for (key, item) in &resolve.worlds[world].exports {
        let (interface, functions) = match item {
            WorldItem::Function(function) => (None, vec![function]),
            WorldItem::Interface { id, .. } => (
                Some(resolve.name_world_key(key)),
                resolve.interfaces[*id].functions.values().collect(),
            ),
            WorldItem::Type { .. } => (None, Vec::new()),
        };
        for function in functions {
            exports.insert(
                function
                    .legacy_core_export_name(interface.as_deref())
                    .into_owned(),
                Signature::of_world(&resolve, function).map(|signature| {
                    let core = Signature::core(&resolve, function);
                    (signature, CoreType::of_abi(&core))
                }),
            );
        }
    }
    Ok(ExportedFunctions(exports))
}

/// Marks the functions that `module` does not export with the type that its world gives them.
fn check_types(exports: &mut ExportedFunctions<(Signature, CoreType)>, module: &wasmtime::Module) {
    let found = |name: &str| match module.get_export(name) {
        Some(ExternType::Func(function)) => Some(CoreType::of(&function)),
        _ => None,
    };
    for (name, export) in &mut exports.0 {
        let Ok((signature, expected)) = export else {
            continue;
        };
        let post_return = format!("cabi_post_{name}");
        let wrong = match (found(name), found(&post_return)) {
            (None, _) => Some("the core module exports no such function".to_owned()),
            (Some(core), _) if core != *expected => {
                Some(format!("the core function is {core} instead of {expected}"))
            }
            (_, Some(post)) if post != expected.post_return() => Some(format!(
                "the core function `{post_return}` is {post} instead of {}",
                expected.post_return()
            )),
            _ => None,
        };
        if let Some(wrong) = wrong {
            *export = Err(format!("its world says {signature}, but {wrong}"));
        }
    }
}
