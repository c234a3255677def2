//! Why something is in a binary: what refers to it, from what is needed anyway.

use std::cmp::Reverse;

use serde::Serialize;

use super::ItemKind;
use super::graph::{self, Node, Referrer};
use crate::Fault;
use crate::binary::{Binary, Module, Unit};
use crate::names::Names;

/// The ways to some items of a file.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct Paths {
    /// The file's name without its folders.
    pub file: String,
    /// To each item one of the shortest ways; the largest item first.
    pub ways: Vec<Way>,
    /// How many more items have such names.
    pub more: u64,
}

/// A way to an item: each step refers to the next.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct Way {
    /// Where the core module begins in the file, in bytes.
    pub offset: u64,
    /// Why the first step is needed.
    pub reason: Reason,
    /// The first name under which the first step is exported, where it is.
    pub export: Option<String>,
    /// The steps; the last one is the item.
    pub steps: Vec<Step>,
}

/// Why an item is in a core module without a reference from another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    /// It is exported.
    Export,
    /// It is the start function.
    Start,
    /// Instantiation itself uses it, as it does active segments.
    Instantiation,
    /// There is none: nothing that is needed refers to it.
    Garbage,
}

/// An item on a way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Step {
    /// What it is.
    pub kind: ItemKind,
    /// What it is called, as in a profile; of a function that is imported `module#field`.
    pub name: String,
    /// The crate or library of a function.
    #[serde(rename = "crate")]
    pub owner: Option<String>,
    /// Its bytes, with the length in front of them; none where it is imported.
    pub bytes: Option<u64>,
}

impl Paths {
    /// The ways in `binary`, to be called `label`, to the `top` largest of all items that have one of `wanted` in
    /// their names. Names come from `twin`, or without one from the binary itself.
    ///
    /// # Errors
    /// What is wrong with `twin`, when its core modules do not have the same code.
    pub fn measure(
        label: &str,
        binary: &Binary,
        twin: Option<&Binary>,
        wanted: &[String],
        top: usize,
    ) -> Result<Self, Fault> {
        if let Some(twin) = twin {
            binary.check_twin(twin)?;
        }
        let names = twin.map_or_else(|| Names::of_all(binary), Names::of_all);
        let modules: Vec<NamedNodes> = binary
            .core_modules()
            .zip(&names)
            .map(|(unit, names)| NamedNodes::of(unit, names))
            .collect();
        let mut items: Vec<(&NamedNodes, usize)> = modules
            .iter()
            .flat_map(|module| (0..module.steps.len()).map(move |index| (module, index)))
            .filter(|(module, index)| {
                let name = &module.steps[*index].name;
                wanted.iter().any(|part| name.contains(part))
            })
            .collect();
        items.sort_by_key(|(module, index)| Reverse(module.steps[*index].bytes));
        let more = items.len().saturating_sub(top) as u64;
        let ways = items.into_iter().take(top);
        Ok(Paths {
            file: label.to_owned(),
            ways: ways.map(|(module, index)| module.way(index)).collect(),
            more,
        })
    }
}

/// The items of one core module.
struct NamedNodes<'b, 'a> {
    unit: &'b Unit<'a>,
    nodes: Vec<Node>,
    /// Each of them as a step.
    steps: Vec<Step>,
}

impl<'b, 'a> NamedNodes<'b, 'a> {
    fn of(unit: &'b Unit<'a>, names: &Names) -> Self {
        let nodes = graph::nodes(unit.module());
        let functions = names.described();
        let steps = nodes.iter().map(|node| step(node, names, &functions));
        NamedNodes {
            unit,
            steps: steps.collect(),
            nodes,
        }
    }

    /// The way to the item at this place.
    fn way(&self, item: usize) -> Way {
        let mut way = vec![item];
        let mut first = item;
        while let Referrer::Node(referrer) = self.nodes[first].referrer {
            way.push(referrer);
            first = referrer;
        }
        let (reason, export) = reason(self.unit.module(), &self.nodes[first]);
        let steps = way.iter().rev().map(|index| self.steps[*index].clone());
        Way {
            offset: self.unit.range.start as u64,
            reason,
            export,
            steps: steps.collect(),
        }
    }
}

fn step(node: &Node, names: &Names, functions: &[(Option<String>, String)]) -> Step {
    let index = node.index;
    let (name, owner) = match node.kind {
        ItemKind::Function => {
            let (path, owner) = functions[index].clone();
            let import = names.functions[index].import;
            let import = import.map(|(module, field)| format!("{module}#{field}"));
            (
                import
                    .or(path)
                    .unwrap_or_else(|| format!("function[{index}]")),
                Some(owner),
            )
        }
        ItemKind::Table => (format!("table[{index}]"), None),
        ItemKind::Global => (format!("global[{index}]"), None),
        ItemKind::ElementSegment => (format!("element[{index}]"), None),
        _ => {
            let name = names.data_segments.get(index).copied().flatten();
            (
                name.map_or_else(|| format!("data[{index}]"), str::to_owned),
                None,
            )
        }
    };
    Step {
        kind: node.kind,
        name,
        owner,
        bytes: node.bytes,
    }
}

/// Why the first node of a way is needed, and a name that it is exported under.
fn reason(module: &Module, node: &Node) -> (Reason, Option<String>) {
    use wasmparser::ExternalKind as Kind;
    if node.referrer == Referrer::Nothing {
        return (Reason::Garbage, None);
    }
    let is_kind = |kind| match node.kind {
        ItemKind::Function => matches!(kind, Kind::Func | Kind::FuncExact),
        ItemKind::Table => kind == Kind::Table,
        ItemKind::Global => kind == Kind::Global,
        _ => false,
    };
    let mut exports = module.exports.iter();
    let export = exports.find(|export| is_kind(export.kind) && export.index as usize == node.index);
    match export {
        Some(export) => (Reason::Export, Some(export.name.to_owned())),
        None if node.kind == ItemKind::Function => (Reason::Start, None),
        None => (Reason::Instantiation, None),
    }
}
