//! Components, with WASI 0.2.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value;
use wasmtime::component::types::{ComponentFunc, ComponentItem};
use wasmtime::component::{
    Component as Compiled, ComponentExportIndex, HasData, Instance, InstancePre, LinkerInstance,
    Resource, ResourceTable, ResourceType, Val,
};
use wasmtime::{Engine, Store};
use wasmtime_wasi::p2::DynPollable;
use wasmtime_wasi::p2::bindings::clocks::monotonic_clock;
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};

use super::{
    CallError, ExportedFunctions, Grants, Guest, Limits, Reply, cannot_run, expansion, fault,
    trapped, values, wasi,
};
use crate::Fault;

/// What components may import.
pub(super) type ComponentLinker = wasmtime::component::Linker<ComponentHost>;

/// All of WASI 0.2.
pub(super) fn linker(engine: &Engine) -> wasmtime::Result<ComponentLinker> {
    let mut linker = ComponentLinker::new(engine);
    wasmtime_wasi::p2::add_to_linker_sync(&mut linker)?;
    linker.allow_shadowing(true);
    monotonic_clock::add_to_linker::<_, UnwaitedClock>(&mut linker, |host| {
        UnwaitedClockOf(host.ctx())
    })?;
    linker.allow_shadowing(false);
    Ok(linker)
}

/// The clock where nobody waits: whatever time is asked for has come. Time passes by looking at it.
struct UnwaitedClock;

struct UnwaitedClockOf<'a>(WasiCtxView<'a>);

impl HasData for UnwaitedClock {
    type Data<'a> = UnwaitedClockOf<'a>;
}

impl monotonic_clock::Host for UnwaitedClockOf<'_> {
    fn now(&mut self) -> wasmtime::Result<u64> {
        self.0.now()
    }

    fn resolution(&mut self) -> wasmtime::Result<u64> {
        self.0.resolution()
    }

    fn subscribe_instant(&mut self, _: u64) -> wasmtime::Result<Resource<DynPollable>> {
        self.0.subscribe_duration(0)
    }

    fn subscribe_duration(&mut self, _: u64) -> wasmtime::Result<Resource<DynPollable>> {
        self.0.subscribe_duration(0)
    }
}

/// A compiled component.
pub(super) struct ComponentProgram {
    pre: InstancePre<ComponentHost>,
    exports: Arc<ExportedFunctions<Function>>,
}

/// A function that is exported.
struct Function {
    ty: ComponentFunc,
    index: ComponentExportIndex,
}

/// An instance of a component.
pub(super) struct ComponentGuest {
    store: Store<ComponentHost>,
    instance: Instance,
    exports: Arc<ExportedFunctions<Function>>,
}

pub(super) struct ComponentHost {
    wasi: WasiCtx,
    table: ResourceTable,
    limits: Limits,
}

impl WasiView for ComponentHost {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView {
            ctx: &mut self.wasi,
            table: &mut self.table,
        }
    }
}

impl ComponentProgram {
    pub(super) fn compile(linker: &ComponentLinker, bytes: &[u8]) -> Result<Self, Fault> {
        expansion::check(bytes)?;
        let component = Compiled::from_binary(linker.engine(), bytes)
            .map_err(|error| cannot_run(bytes, &error))?;
        Self::new(linker, &component).map_err(fault)
    }

    #[allow(unsafe_code, reason = "machine code is run as it is")]
    pub(super) fn load(linker: &ComponentLinker, artifact: &[u8]) -> Result<Self, Fault> {
        // SAFETY: the bytes are what `artifact` returned: whoever makes an `Artifact` of others promises that.
        unsafe { Compiled::deserialize(linker.engine(), artifact) }
            .and_then(|component| Self::new(linker, &component))
            .map_err(fault)
    }

    fn new(linker: &ComponentLinker, component: &Compiled) -> wasmtime::Result<Self> {
        let mut linker = linker.clone();
        define_traps(&mut linker, component)?;
        Ok(ComponentProgram {
            exports: Arc::new(exports(linker.engine(), component)),
            pre: linker.instantiate_pre(component)?,
        })
    }

    pub(super) fn artifact(&self) -> Result<Vec<u8>, Fault> {
        self.pre.component().serialize().map_err(fault)
    }

    pub(super) fn instantiate(&self, grants: &Grants) -> Result<ComponentGuest, Fault> {
        let instantiate = || {
            let host = ComponentHost {
                wasi: wasi::builder(grants)?.build(),
                table: ResourceTable::new(),
                limits: Limits::new(grants),
            };
            let max_fuel = host.limits.max_fuel();
            let mut store = super::store(self.pre.engine(), host, max_fuel);
            store.limiter(|host| &mut host.limits);
            match self.pre.instantiate(&mut store) {
                Ok(instance) => Ok(ComponentGuest {
                    instance,
                    exports: Arc::clone(&self.exports),
                    store,
                }),
                Err(error) => Err(store.data().limits.explained(error)),
            }
        };
        instantiate().map_err(fault)
    }
}

impl Guest for ComponentGuest {
    fn call(&mut self, export: &str, args: &[Value]) -> Result<Reply, CallError> {
        let refused = |reason: String| CallError::Refused(format!("`{export}`: {reason}"));
        let arity = |function: &Function| function.ty.params().len();
        let Function { ty, index } = self.exports.find(export, args, arity)?;
        let args = ty.params().zip(args).map(|((name, ty), arg)| {
            values::from_json(&ty, arg).map_err(|reason| refused(format!("{name}: {reason}")))
        });
        let args: Vec<Val> = args.collect::<Result<_, _>>()?;
        let mut results = vec![Val::Bool(false); ty.results().len()];
        let function = self
            .instance
            .get_func(&mut self.store, index)
            .ok_or_else(|| refused("not a function".to_owned()))?;
        function
            .call(&mut self.store, &args, &mut results)
            .and_then(|()| function.post_return(&mut self.store))
            .map_err(|error| trapped(self.store.data().limits.explained(error)))?;
        let reply = match results.first() {
            None => Some(Reply::Value(Value::Null)),
            Some(Val::Result(Ok(value))) => side(value).map(Reply::Ok),
            Some(Val::Result(Err(value))) => side(value).map(Reply::Err),
            Some(value) => values::to_json(value).map(Reply::Value),
        };
        reply.ok_or_else(|| {
            refused(
                "it returned a resource, a stream or a future, which cannot be shown".to_owned(),
            )
        })
    }

    fn memory_bytes(&self) -> u64 {
        self.store.data().limits.memory_bytes()
    }

    fn fuel(&self) -> Option<u64> {
        super::fuel(&self.store, self.store.data().limits.max_fuel())
    }
}

/// Lets imports that are not of WASI 0.2 trap when they are called, and not before.
/// wasmtime's own function for this takes another 0.2.x of WASI than its own for unknown.
fn define_traps(linker: &mut ComponentLinker, component: &Compiled) -> wasmtime::Result<()> {
    fn define(
        linker: &mut LinkerInstance<'_, ComponentHost>,
        (place, name): (&str, &str),
        item: &ComponentItem,
    ) -> wasmtime::Result<()> {
        match item {
            ComponentItem::ComponentFunc(_) => {
                let import = format!("unknown import: `{place}{name}` has not been defined");
                linker.func_new(name, move |_, _, _| {
                    Err(wasmtime::Error::msg(import.clone()))
                })
            }
            ComponentItem::Resource(_) => {
                linker.resource(name, ResourceType::host::<()>(), |_, _| Ok(()))
            }
            _ => Ok(()),
        }
    }
    let engine = linker.engine().clone();
    for (name, item) in component.component_type().imports(&engine) {
        if is_wasi(name) {
            continue;
        }
        if let ComponentItem::ComponentInstance(interface) = &item {
            let place = format!("{name}#");
            let mut instance = linker.instance(name)?;
            for (name, item) in interface.exports(&engine) {
                define(&mut instance, (&place, name), &item)?;
            }
        } else {
            define(&mut linker.root(), ("", name), &item)?;
        }
    }
    Ok(())
}

/// Whether an interface is one of those that [`linker`] has.
fn is_wasi(name: &str) -> bool {
    let packages = ["cli", "clocks", "filesystem", "io", "random", "sockets"];
    let Some((package, rest)) = name
        .strip_prefix("wasi:")
        .and_then(|name| name.split_once('/'))
    else {
        return false;
    };
    packages.contains(&package) && rest.contains("@0.2.")
}

/// What a side of a result holds, as JSON.
fn side(value: &Option<Box<Val>>) -> Option<Value> {
    match value {
        None => Some(Value::Null),
        Some(value) => values::to_json(value),
    }
}

/// The functions of the component and of the interfaces it exports.
fn exports(engine: &Engine, component: &Compiled) -> ExportedFunctions<Function> {
    let mut exports = BTreeMap::new();
    let mut add = |name: String, item: ComponentItem, index: Option<ComponentExportIndex>| {
        if let (ComponentItem::ComponentFunc(ty), Some(index)) = (item, index) {
            exports.insert(name, Ok(Function { ty, index }));
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
    ExportedFunctions(exports)
}
