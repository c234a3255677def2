//! Components, with WASI 0.2.

use std::collections::BTreeMap;

use wasmtime::component::types::ComponentItem;
use wasmtime::component::{
    Component as Compiled, ComponentExportIndex, Instance, Linker, ResourceTable, Val,
};
use wasmtime::{Engine, Store};
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};

use super::{
    CallError, Exports, Grants, Guest, Limits, Reply, Signature, expansion, text, trapped, wasi,
};

/// An instance of a component.
pub(super) struct Component {
    store: Store<Host>,
    instance: Instance,
    exports: Exports<ComponentExportIndex>,
}

struct Host {
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

impl Component {
    pub(super) fn instantiate(bytes: &[u8], grants: &Grants) -> Result<Self, String> {
        expansion::check(bytes)?;
        let instantiate = || {
            let engine = super::engine()?;
            let component = Compiled::from_binary(&engine, bytes)?;
            let mut linker = Linker::new(&engine);
            wasmtime_wasi::p2::add_to_linker_sync(&mut linker)?;
            let host = Host {
                wasi: wasi::builder(grants)?.build(),
                table: ResourceTable::new(),
                limits: Limits::default(),
            };
            let mut store = Store::new(&engine, host);
            store.limiter(|host| &mut host.limits);
            Ok(Component {
                instance: linker.instantiate(&mut store, &component)?,
                exports: exports(&engine, &component),
                store,
            })
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
            .map_err(trapped)?;
        let [result] = results;
        reply(result).ok_or_else(|| CallError::Refused(format!("`{export}`: not a string")))
    }

    fn memory_bytes(&self) -> u64 {
        self.store.data().limits.memory_bytes()
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
