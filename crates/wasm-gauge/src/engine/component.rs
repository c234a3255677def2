//! Components, with WASI 0.2.

use std::collections::BTreeMap;
use std::sync::Arc;

use wasmtime::component::types::ComponentItem;
use wasmtime::component::{
    Component as Compiled, ComponentExportIndex, Instance, InstancePre, ResourceTable, Val,
};
use wasmtime::{Engine, Store};
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};

use super::{
    CallError, Exports, Grants, Guest, Limits, Reply, Signature, cannot_run, expansion, text,
    trapped, wasi,
};

/// What components may import.
pub(super) type Linker = wasmtime::component::Linker<Host>;

/// All of WASI 0.2.
pub(super) fn linker(engine: &Engine) -> wasmtime::Result<Linker> {
    let mut linker = Linker::new(engine);
    wasmtime_wasi::p2::add_to_linker_sync(&mut linker)?;
    Ok(linker)
}

/// A compiled component.
pub(super) struct Program {
    pre: InstancePre<Host>,
    exports: Arc<Exports<ComponentExportIndex>>,
}

/// An instance of a component.
pub(super) struct Component {
    store: Store<Host>,
    instance: Instance,
    exports: Arc<Exports<ComponentExportIndex>>,
}

pub(super) struct Host {
    wasi: WasiCtx,
    table: ResourceTable,
    limits: Limits,
}

impl WasiView for Host {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView {
            ctx: &mut self.wasi,
            table: &mut self.table,
        }
    }
}

impl Program {
    pub(super) fn compile(linker: &Linker, bytes: &[u8]) -> Result<Self, String> {
        expansion::check(bytes)?;
        let component = Compiled::from_binary(linker.engine(), bytes)
            .map_err(|error| cannot_run(bytes, error))?;
        Self::new(linker, &component).map_err(text)
    }

    #[allow(unsafe_code, reason = "machine code is run as it is")]
    pub(super) fn load(linker: &Linker, artifact: &[u8]) -> Result<Self, String> {
        // SAFETY: the bytes are what `artifact` returned: whoever makes an `Artifact` of others promises that.
        unsafe { Compiled::deserialize(linker.engine(), artifact) }
            .and_then(|component| Self::new(linker, &component))
            .map_err(text)
    }

    fn new(linker: &Linker, component: &Compiled) -> wasmtime::Result<Self> {
        Ok(Program {
            exports: Arc::new(exports(linker.engine(), component)),
            pre: linker.instantiate_pre(component)?,
        })
    }

    pub(super) fn artifact(&self) -> Result<Vec<u8>, String> {
        self.pre.component().serialize().map_err(text)
    }

    pub(super) fn instantiate(&self, grants: &Grants) -> Result<Component, String> {
        let instantiate = || {
            let host = Host {
                wasi: wasi::builder(grants)?.build(),
                table: ResourceTable::new(),
                limits: Limits::new(grants),
            };
            let max_fuel = host.limits.max_fuel();
            let mut store = super::store(self.pre.engine(), host, max_fuel);
            store.limiter(|host| &mut host.limits);
            match self.pre.instantiate(&mut store) {
                Ok(instance) => Ok(Component {
                    instance,
                    exports: Arc::clone(&self.exports),
                    store,
                }),
                Err(error) => Err(store.data().limits.explained(error)),
            }
        };
        instantiate().map_err(text)
    }
}

impl Guest for Component {
    fn call(&mut self, export: &str, args: &[String]) -> Result<Reply, CallError> {
        let (_, index) = self.exports.find(export, args)?;
        let function = self
            .instance
            .get_func(&mut self.store, index)
            .ok_or_else(|| CallError::Refused(format!("`{export}`: not a function")))?;
        let args: Vec<Val> = args.iter().cloned().map(Val::String).collect();
        let mut results = [Val::Bool(false)];
        function
            .call(&mut self.store, &args, &mut results)
            .and_then(|()| function.post_return(&mut self.store))
            .map_err(|error| trapped(self.store.data().limits.explained(error)))?;
        let [result] = results;
        reply(result).ok_or_else(|| CallError::Refused(format!("`{export}`: not a string")))
    }

    fn memory_bytes(&self) -> u64 {
        self.store.data().limits.memory_bytes()
    }

    fn fuel(&self) -> Option<u64> {
        super::fuel(&self.store, self.store.data().limits.max_fuel())
    }
}

/// The reply for a value of one of the shapes that a [`Signature`] admits.
fn reply(value: Val) -> Option<Reply> {
    let side = |value: Option<Box<Val>>| match value.map(|value| *value) {
        None => Some(None),
        Some(Val::String(text)) => Some(Some(text)),
        Some(_) => None,
    };
    match value {
        Val::String(text) => Some(Reply::Value(text)),
        Val::Result(Ok(ok)) => side(ok).map(Reply::Ok),
        Val::Result(Err(err)) => side(err).map(Reply::Err),
        _ => None,
    }
}

/// The functions of the component and of the interfaces it exports.
fn exports(engine: &Engine, component: &Compiled) -> Exports<ComponentExportIndex> {
    let mut exports = BTreeMap::new();
    let mut add = |name: String, item: ComponentItem, index: Option<ComponentExportIndex>| {
        if let (ComponentItem::ComponentFunc(function), Some(index)) = (item, index) {
            let signature = Signature::of_component(&function);
            exports.insert(name, signature.map(|signature| (signature, index)));
        }
    };
    for (name, item) in component.component_type().exports(engine) {
        let index = component.get_export_index(None, name);
        if let ComponentItem::ComponentInstance(interface) = &item {
            for (function, item) in interface.exports(engine) {
                let index = component.get_export_index(index.as_ref(), function);
                add(format!("{name}#{function}"), item, index);
            }
        } else {
            add(name.to_owned(), item, index);
        }
    }
    Exports(exports)
}
