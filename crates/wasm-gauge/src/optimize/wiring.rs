//! What a component does with its core modules, whatever order and names it is written down with.

use std::fmt;

use wasmparser::{
    BinaryReader, CanonicalFunction, CanonicalOption, ComponentAlias, ComponentExport,
    ComponentExternalKind, ComponentImport, ComponentInstance, ComponentOuterAliasKind,
    ComponentType, ComponentTypeRef, ExternalKind, FromReader, Instance, SectionLimited, TypeRef,
};

use crate::binary::{Binary, Kind, Section, Unit};
use crate::measure::sha256;

/// All that `binary` consists of, as text: two components with the same text do the same. Not in it are custom
/// sections, the order in which core functions and instances come to their indices, and the names by which a core
/// module imports what it is given.
///
/// None where something is in it that is not looked at here.
pub(super) fn wiring(binary: &Binary) -> Option<Vec<String>> {
    let mut wiring = Wiring::default();
    let (component, mut units) = binary.units().split_first()?;
    for section in &component.sections {
        wiring.section(binary, section, &mut units)?;
    }
    // Instances are made in this order, of code that may run then.
    wiring.items.extend(wiring.instantiated);
    Some(wiring.items)
}

#[derive(Default)]
struct Wiring<'b, 'a> {
    /// What is no core item, in the order of the component.
    items: Vec<String>,
    /// The core instances that are made, in their order.
    instantiated: Vec<String>,
    modules: Vec<&'b Unit<'a>>,
    instances: Vec<CoreInstance<'a>>,
    funcs: Vec<String>,
    tables: Vec<String>,
    memories: Vec<String>,
    globals: Vec<String>,
    tags: Vec<String>,
}

enum CoreInstance<'a> {
    /// The one of this number among those that are made.
    Made(usize),
    /// Items under names.
    Of(Vec<(&'a str, String)>),
}

impl<'b, 'a> Wiring<'b, 'a> {
    fn section(
        &mut self,
        binary: &Binary<'a>,
        section: &Section,
        units: &mut &'b [Unit<'a>],
    ) -> Option<()> {
        let contents = &binary.bytes()[section.contents.clone()];
        match section.kind_name(Kind::Component) {
            "core module" => {
                let (module, rest) = units.split_first()?;
                *units = rest;
                self.modules.push(module);
            }
            "component" => {
                let (_, rest) = units.split_first()?;
                let inner = rest.iter();
                let inner = inner.take_while(|unit| section.contents.contains(&unit.range.start));
                let inner: Vec<_> = inner.collect();
                // Its modules would be made among others.
                if inner.iter().any(|unit| unit.kind == Kind::CoreModule) {
                    return None;
                }
                *units = &rest[inner.len()..];
                self.items.push(format!("component {}", sha256(contents)));
            }
            "core instance" => {
                for instance in items::<Instance>(contents) {
                    let instance = self.instance(binary, instance?)?;
                    self.instances.push(instance);
                }
            }
            "alias" => {
                for alias in items::<ComponentAlias>(contents) {
                    match alias? {
                        ComponentAlias::CoreInstanceExport {
                            kind,
                            instance_index,
                            name,
                        } => {
                            let item = self.export(instance_index, kind, name)?;
                            self.space(kind)?.push(item);
                        }
                        alias => {
                            let is_module = matches!(
                                alias,
                                ComponentAlias::InstanceExport {
                                    kind: ComponentExternalKind::Module,
                                    ..
                                } | ComponentAlias::Outer {
                                    kind: ComponentOuterAliasKind::CoreModule,
                                    ..
                                }
                            );
                            self.other(&alias, !is_module)?;
                        }
                    }
                }
            }
            "type" => {
                for ty in items::<ComponentType>(contents) {
                    let text = match ty? {
                        ComponentType::Resource { rep, dtor } => {
                            let dtor = match dtor {
                                Some(index) => self.funcs.get(index as usize)?,
                                None => "",
                            };
                            format!("resource {rep:?} {dtor}")
                        }
                        ty => format!("{ty:?}"),
                    };
                    self.items.push(text);
                }
            }
            "canonical function" => {
                for function in items::<CanonicalFunction>(contents) {
                    self.canonical(function?)?;
                }
            }
            "instance" => {
                for instance in items::<ComponentInstance>(contents) {
                    let instance = instance?;
                    let mut kinds = match &instance {
                        ComponentInstance::Instantiate { args, .. } => {
                            args.iter().map(|arg| arg.kind).collect::<Vec<_>>()
                        }
                        ComponentInstance::FromExports(exports) => {
                            exports.iter().map(|export| export.kind).collect()
                        }
                    }
                    .into_iter();
                    self.other(
                        &instance,
                        kinds.all(|kind| kind != ComponentExternalKind::Module),
                    )?;
                }
            }
            "import" => {
                for import in items::<ComponentImport>(contents) {
                    let import = import?;
                    self.other(&import, !matches!(import.ty, ComponentTypeRef::Module(_)))?;
                }
            }
            "export" => {
                for export in items::<ComponentExport>(contents) {
                    let export = export?;
                    self.other(&export, export.kind != ComponentExternalKind::Module)?;
                }
            }
            "core type" | "start" => self.items.push(format!("{} {contents:?}", section.id)),
            "custom" => {}
            _ => return None,
        }
        Some(())
    }

    /// Adds what is no core item. Core modules come to other indices than here where they come from elsewhere.
    fn other(&mut self, item: &dyn fmt::Debug, has_no_module: bool) -> Option<()> {
        self.items.push(format!("{item:?}"));
        has_no_module.then_some(())
    }

    fn canonical(&mut self, function: CanonicalFunction) -> Option<()> {
        match function {
            CanonicalFunction::Lift {
                core_func_index,
                type_index,
                options,
            } => {
                let of = self.funcs.get(core_func_index as usize)?;
                let options = self.options(&options)?;
                let lifted = format!("lift {of} type {type_index} {options}");
                self.items.push(lifted);
            }
            CanonicalFunction::Lower {
                func_index,
                options,
            } => {
                let options = self.options(&options)?;
                self.funcs.push(format!("lower {func_index} {options}"));
            }
            CanonicalFunction::ResourceNew { .. }
            | CanonicalFunction::ResourceDrop { .. }
            | CanonicalFunction::ResourceRep { .. } => self.funcs.push(format!("{function:?}")),
            _ => return None,
        }
        Some(())
    }

    fn options(&self, options: &[CanonicalOption]) -> Option<String> {
        let text = |option: &CanonicalOption| {
            Some(match option {
                CanonicalOption::Memory(index) => {
                    format!("memory {}", self.memories.get(*index as usize)?)
                }
                CanonicalOption::Realloc(index) => {
                    format!("realloc {}", self.funcs.get(*index as usize)?)
                }
                CanonicalOption::PostReturn(index) => {
                    format!("post-return {}", self.funcs.get(*index as usize)?)
                }
                CanonicalOption::Callback(index) => {
                    format!("callback {}", self.funcs.get(*index as usize)?)
                }
                option => format!("{option:?}"),
            })
        };
        let mut texts: Vec<String> = options.iter().map(text).collect::<Option<_>>()?;
        texts.sort();
        Some(format!("({})", texts.join(", ")))
    }

    fn instance(&mut self, binary: &Binary, instance: Instance<'a>) -> Option<CoreInstance<'a>> {
        match instance {
            Instance::FromExports(exports) => {
                let mut items = Vec::new();
                for export in &exports {
                    let item = self.space(export.kind)?.get(export.index as usize)?;
                    items.push((export.name, item.clone()));
                }
                Some(CoreInstance::Of(items))
            }
            Instance::Instantiate { module_index, args } => {
                let unit = *self.modules.get(module_index as usize)?;
                let mut given = Vec::new();
                for import in &unit.module().imports {
                    let arg = args.iter().find(|arg| arg.name == import.module)?;
                    let kind = kind(import.ty)?;
                    given.push(self.export(arg.index, kind, import.name)?);
                }
                let number = self.instantiated.len();
                self.instantiated
                    .push(format!("instantiate {} {given:?}", identity(binary, unit)));
                Some(CoreInstance::Made(number))
            }
        }
    }

    /// What the core instance exports under `name`.
    fn export(&self, instance: u32, kind: ExternalKind, name: &str) -> Option<String> {
        match self.instances.get(instance as usize)? {
            CoreInstance::Made(number) => Some(format!("[{kind:?} {name:?} of {number}]")),
            CoreInstance::Of(items) => {
                let item = items.iter().find(|(other, _)| *other == name);
                item.map(|(_, item)| item.clone())
            }
        }
    }

    fn space(&mut self, kind: ExternalKind) -> Option<&mut Vec<String>> {
        match kind {
            ExternalKind::Func => Some(&mut self.funcs),
            ExternalKind::Table => Some(&mut self.tables),
            ExternalKind::Memory => Some(&mut self.memories),
            ExternalKind::Global => Some(&mut self.globals),
            ExternalKind::Tag => Some(&mut self.tags),
            ExternalKind::FuncExact => None,
        }
    }
}

/// The entries of a section, of which each may be malformed.
fn items<'a, T: FromReader<'a>>(contents: &'a [u8]) -> impl Iterator<Item = Option<T>> {
    let section = SectionLimited::new(BinaryReader::new(contents, 0)).ok();
    let entries = section.into_iter().flatten();
    entries.map(Result::ok)
}

fn kind(ty: TypeRef) -> Option<ExternalKind> {
    match ty {
        TypeRef::Func(_) => Some(ExternalKind::Func),
        TypeRef::Table(_) => Some(ExternalKind::Table),
        TypeRef::Memory(_) => Some(ExternalKind::Memory),
        TypeRef::Global(_) => Some(ExternalKind::Global),
        TypeRef::Tag(_) => Some(ExternalKind::Tag),
        TypeRef::FuncExact(_) => None,
    }
}

/// A core module but for its custom sections and the names of its imports.
fn identity(binary: &Binary, unit: &Unit) -> String {
    let types = unit.module().imports.iter().map(|import| import.ty);
    let mut text = format!("{:?}", types.collect::<Vec<_>>());
    for section in &unit.sections {
        if section.id != Section::CUSTOM && section.name != "import" {
            let contents = &binary.bytes()[section.contents.clone()];
            text += &format!(" {} {}", section.id, sha256(contents));
        }
    }
    sha256(text.as_bytes())
}
