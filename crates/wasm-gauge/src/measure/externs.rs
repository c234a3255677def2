//! What a binary imports and exports, with the types of it.

use serde::Serialize;
use wasmparser::component_types::ComponentEntityType;
use wasmparser::types::{EntityType, Types};
use wasmparser::{
    ComponentExport, ComponentImport, Export, Import, MemoryType, Parser, Payload, TableType,
    ValidPayload, Validator,
};

use crate::Fault;
use crate::binary::{Binary, Kind, features};

/// Which side of a unit is listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Direction {
    /// What it needs.
    Imports,
    /// What it gives.
    Exports,
}

/// The imports or the exports of one file.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct Externs {
    /// The file's name without its folders.
    pub file: String,
    /// Which of the two.
    pub direction: Direction,
    /// The file's own unit first, then, where asked for, those within it.
    pub units: Vec<UnitExterns>,
}

/// The imports or the exports of a core module or component.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct UnitExterns {
    /// What it is.
    pub kind: Kind,
    /// Where it begins in the file, in bytes.
    pub offset: u64,
    /// In the order of the file.
    pub externs: Vec<Extern>,
}

/// One import or export.
#[derive(Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Extern {
    /// A core module's import: the module it is imported from. A component's: the instance it is a
    /// member of, which for most is an interface as WIT names it, `wasi:io/poll@0.2.0`.
    pub module: Option<String>,
    /// Its name.
    pub name: String,
    /// `func`, `table`, `memory`, `global` or `tag`; in components also `module`, `component`,
    /// `instance` (one without members), `type` and `value`, and no core kinds.
    pub kind: &'static str,
    /// Core modules only: its type in the words of the text format.
    #[serde(rename = "type")]
    pub ty: Option<String>,
}

impl Externs {
    /// Lists the imports or exports of `binary`, to be called `label`: those of the file's own
    /// unit, or with `all` those of every unit.
    ///
    /// # Errors
    /// The reason, with its offset in the file, when the binary is not valid.
    pub fn measure(
        label: &str,
        binary: &Binary,
        direction: Direction,
        all: bool,
    ) -> Result<Self, Fault> {
        let mut units = units(binary, direction).map_err(|error| error.to_string())?;
        if !all {
            units.truncate(1);
        }
        Ok(Externs {
            file: label.to_owned(),
            direction,
            units,
        })
    }
}

/// A name that a unit imports or exports; its type is known at the unit's end.
enum Named<'a> {
    CoreImport(Import<'a>),
    CoreExport(Export<'a>),
    Import(ComponentImport<'a>),
    Export(ComponentExport<'a>),
}

fn units(binary: &Binary, direction: Direction) -> wasmparser::Result<Vec<UnitExterns>> {
    let mut units: Vec<UnitExterns> = binary
        .units()
        .iter()
        .map(|unit| UnitExterns {
            kind: unit.kind,
            offset: unit.range.start as u64,
            externs: Vec::new(),
        })
        .collect();
    let imports = direction == Direction::Imports;
    let mut validator = Validator::new_with_features(features());
    let mut begun = 0;
    // The units that have begun and not ended, and the names found in each.
    let mut open: Vec<(usize, Vec<Named>)> = Vec::new();
    for payload in Parser::new(0).parse_all(binary.bytes()) {
        let payload = payload?;
        if let Payload::Version { .. } = payload {
            open.push((begun, Vec::new()));
            begun += 1;
        }
        if let Some((_, names)) = open.last_mut() {
            match &payload {
                Payload::ImportSection(section) if imports => {
                    for import in section.clone().into_imports() {
                        names.push(Named::CoreImport(import?));
                    }
                }
                Payload::ExportSection(section) if !imports => {
                    for export in section.clone() {
                        names.push(Named::CoreExport(export?));
                    }
                }
                Payload::ComponentImportSection(section) if imports => {
                    for import in section.clone() {
                        names.push(Named::Import(import?));
                    }
                }
                Payload::ComponentExportSection(section) if !imports => {
                    for export in section.clone() {
                        names.push(Named::Export(export?));
                    }
                }
                _ => {}
            }
        }
        if let ValidPayload::End(types) = validator.payload(&payload)?
            && let Some((unit, names)) = open.pop()
        {
            units[unit].externs = names
                .iter()
                .flat_map(|name| externs(name, &types))
                .collect();
        }
    }
    Ok(units)
}

/// The import or export itself, or the members of the instance that it is.
fn externs(named: &Named, types: &Types) -> Vec<Extern> {
    let core = |module: Option<&str>, name: &str, ty: Option<EntityType>| {
        ty.map(|ty| core_extern(module, name, &ty, types))
            .into_iter()
            .collect()
    };
    match named {
        Named::CoreImport(import) => core(
            Some(import.module),
            import.name,
            types.as_ref().entity_type_from_import(import),
        ),
        Named::CoreExport(export) => core(
            None,
            export.name,
            types.as_ref().entity_type_from_export(export),
        ),
        Named::Import(import) => {
            let name = import.name.name;
            component_externs(
                name,
                types.component_item_for_import(name).map(|item| item.ty),
                types,
            )
        }
        Named::Export(export) => {
            let name = export.name.name;
            component_externs(
                name,
                types.component_item_for_export(name).map(|item| item.ty),
                types,
            )
        }
    }
}

fn core_extern(module: Option<&str>, name: &str, ty: &EntityType, types: &Types) -> Extern {
    let (kind, ty) = match ty {
        EntityType::Func(id) | EntityType::FuncExact(id) => ("func", types[*id].to_string()),
        EntityType::Tag(id) => ("tag", types[*id].to_string().replacen("(func", "(tag", 1)),
        EntityType::Table(table) => ("table", table_text(table)),
        EntityType::Memory(memory) => ("memory", memory_text(memory)),
        EntityType::Global(global) => (
            "global",
            if global.mutable {
                format!("(global (mut {}))", global.content_type)
            } else {
                format!("(global {})", global.content_type)
            },
        ),
    };
    Extern {
        module: module.map(ToOwned::to_owned),
        name: name.to_owned(),
        kind,
        ty: Some(ty),
    }
}

fn component_externs(name: &str, ty: Option<ComponentEntityType>, types: &Types) -> Vec<Extern> {
    let item = |module: Option<&str>, name: &str, ty: &ComponentEntityType| Extern {
        module: module.map(ToOwned::to_owned),
        name: name.to_owned(),
        kind: match ty {
            ComponentEntityType::Module(_) => "module",
            ComponentEntityType::Func(_) => "func",
            ComponentEntityType::Value(_) => "value",
            ComponentEntityType::Type { .. } => "type",
            ComponentEntityType::Instance(_) => "instance",
            ComponentEntityType::Component(_) => "component",
        },
        ty: None,
    };
    match ty {
        Some(ComponentEntityType::Instance(id)) if !types[id].exports.is_empty() => types[id]
            .exports
            .iter()
            .map(|(member, export)| item(Some(name), member, &export.ty))
            .collect(),
        Some(ty) => vec![item(None, name, &ty)],
        None => Vec::new(),
    }
}

fn memory_text(memory: &MemoryType) -> String {
    let mut text = format!(
        "(memory{}{}",
        if memory.memory64 { " i64" } else { "" },
        limits(memory.initial, memory.maximum, memory.shared)
    );
    if let Some(log2) = memory.page_size_log2 {
        text += &format!(" (pagesize {})", 1_u64 << log2);
    }
    text + ")"
}

fn table_text(table: &TableType) -> String {
    format!(
        "(table{}{} {})",
        if table.table64 { " i64" } else { "" },
        limits(table.initial, table.maximum, table.shared),
        table.element_type
    )
}

fn limits(initial: u64, maximum: Option<u64>, shared: bool) -> String {
    let mut text = format!(" {initial}");
    if let Some(maximum) = maximum {
        text += &format!(" {maximum}");
    }
    if shared {
        text += " shared";
    }
    text
}
