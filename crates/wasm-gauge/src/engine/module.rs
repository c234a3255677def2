//! Core modules that export the functions of a WIT world by the canonical ABI, with WASI 0.1.

use std::collections::BTreeMap;
use std::sync::Arc;

use wasmtime::{Engine, Error, Instance, InstancePre, Memory, Store, TypedFunc, Val};
use wasmtime_wasi::preview1::{self, WasiP1Ctx};
use wit_component::metadata::{self, Bindgen};
use wit_parser::WorldItem;

use super::{
    CallError, Exports, Grants, Guest, Limits, Reply, Shape, Signature, text, trapped, wasi,
};

/// `cabi_realloc`: old pointer, old size, alignment and new size to new pointer.
type Realloc = TypedFunc<(u32, u32, u32, u32), u32>;

/// Where the string of a result lies behind its discriminant, in bytes: the discriminant is one
/// byte, a string's pointer and length are aligned to four.
const PAYLOAD_OFFSET: u32 = 4;

/// What core modules may import.
pub(super) type Linker = wasmtime::Linker<Host>;

/// All of WASI 0.1.
pub(super) fn linker(engine: &Engine) -> wasmtime::Result<Linker> {
    let mut linker = Linker::new(engine);
    preview1::add_to_linker_sync(&mut linker, |host: &mut Host| &mut host.wasi)?;
    Ok(linker)
}

/// The world's functions; machine code does not have them.
pub(super) type SharedExports = Arc<Exports<()>>;

/// A compiled core module.
pub(super) struct Program {
    pre: InstancePre<Host>,
    exports: SharedExports,
}

/// An instance of a core module.
pub(super) struct Module {
    store: Store<Host>,
    instance: Instance,
    memory: Memory,
    realloc: Realloc,
    exports: SharedExports,
}

pub(super) struct Host {
    wasi: WasiP1Ctx,
    limits: Limits,
}

/// The functions of the world that the core module `bytes` carries.
pub(super) fn shared_exports(bytes: &[u8]) -> Result<SharedExports, String> {
    exports(bytes).map(Arc::new)
}

impl Program {
    pub(super) fn compile(engine: &Engine, linker: &Linker, bytes: &[u8]) -> Result<Self, String> {
        let exports = shared_exports(bytes)?;
        wasmtime::Module::from_binary(engine, bytes)
            .and_then(|module| Self::new(linker, &module, exports))
            .map_err(text)
    }

    #[allow(unsafe_code, reason = "machine code is run as it is")]
    pub(super) fn load(
        engine: &Engine,
        linker: &Linker,
        artifact: &[u8],
        exports: &SharedExports,
    ) -> Result<Self, String> {
        // SAFETY: the bytes are what `artifact` returned: whoever makes an `Artifact` of others promises that.
        unsafe { wasmtime::Module::deserialize(engine, artifact) }
            .and_then(|module| Self::new(linker, &module, Arc::clone(exports)))
            .map_err(text)
    }

    fn new(
        linker: &Linker,
        module: &wasmtime::Module,
        exports: SharedExports,
    ) -> wasmtime::Result<Self> {
        Ok(Program {
            exports,
            pre: linker.instantiate_pre(module)?,
        })
    }

    pub(super) fn artifact(&self) -> Result<(Vec<u8>, SharedExports), String> {
        let bytes = self.pre.module().serialize().map_err(text)?;
        Ok((bytes, Arc::clone(&self.exports)))
    }

    pub(super) fn instantiate(&self, grants: &Grants) -> Result<Module, String> {
        let instantiate = || {
            let host = Host {
                wasi: wasi::builder(grants)?.build_p1(),
                limits: Limits::new(grants),
            };
            let mut store = super::store(self.pre.module().engine(), host);
            store.limiter(|host| &mut host.limits);
            let instance = self.pre.instantiate(&mut store)?;
            if let Some(initialize) = instance.get_func(&mut store, "_initialize") {
                initialize.call(&mut store, &[], &mut [])?;
            }
            let memory = instance
                .get_memory(&mut store, "memory")
                .ok_or_else(|| Error::msg("exports no memory `memory`"))?;
            Ok(Module {
                realloc: instance.get_typed_func(&mut store, "cabi_realloc")?,
                store,
                instance,
                memory,
                exports: Arc::clone(&self.exports),
            })
        };
        instantiate().map_err(text)
    }
}

impl Module {
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
        match shape {
            Shape::Value => self.string(returned).map(Reply::Value),
            Shape::Result { ok, err } => {
                let in_memory = ok || err;
                let discriminant = if in_memory {
                    u32::from(self.read::<1>(returned)?[0])
                } else {
                    returned
                };
                let payload = |present: bool| {
                    present
                        .then(|| self.string(returned.wrapping_add(PAYLOAD_OFFSET)))
                        .transpose()
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

impl Guest for Module {
    fn call(&mut self, export: &str, args: &[String]) -> Result<Reply, CallError> {
        let shape = self.exports.find(export, args)?.0.shape;
        let mut call = || {
            let mut flat = Vec::new();
            for arg in args {
                flat.extend(self.lower(arg)?);
            }
            let function = self
                .instance
                .get_func(&mut self.store, export)
                .ok_or_else(|| Error::msg("the world has it, but it is not exported"))?;
            let mut returned = [Val::I32(0)];
            function.call(&mut self.store, &flat, &mut returned)?;
            let reply = self.lift(shape, returned[0].unwrap_i32().cast_unsigned())?;
            // Lets the guest free what it returned.
            let post_return = format!("cabi_post_{export}");
            if let Some(function) = self.instance.get_func(&mut self.store, &post_return) {
                function.call(&mut self.store, &returned, &mut [])?;
            }
            Ok(reply)
        };
        call().map_err(trapped)
    }

    fn memory_bytes(&self) -> u64 {
        self.store.data().limits.memory_bytes()
    }

    fn fuel(&self) -> Option<u64> {
        super::fuel(&self.store)
    }
}

/// The functions of the world that the module's `component-type` sections describe.
fn exports(bytes: &[u8]) -> Result<Exports<()>, String> {
    let (world_found, Bindgen { resolve, world, .. }) = metadata::decode(bytes)
        .map_err(|error| format!("its component-type section: {error:#}"))?;
    if world_found.is_none() {
        return Err(
            "a core module without a component-type section: the types of its exports are unknown"
                .to_owned(),
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
                Signature::of_world(&resolve, function).map(|signature| (signature, ())),
            );
        }
    }
    Ok(Exports(exports))
}
