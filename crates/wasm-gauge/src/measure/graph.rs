//! What the items of a core module refer to, and what each of them alone keeps in the module.

use wasmparser::{
    ConstExpr, DataKind, ElementItems, ElementKind, ExternalKind, Operator, TableInit,
};

use super::dominators::Graph;
use super::item::ItemKind;
use crate::binary::{self, Module};

/// Stands for whoever instantiates the module: what it leads to is kept.
const ROOT: u32 = 0;

/// An entry of the function, table, global, element or data section, with a place in the graph.
#[derive(Debug)]
pub(super) struct GraphEntry {
    /// Which section's.
    pub kind: ItemKind,
    /// Its index, which imports count in.
    pub index: usize,
    /// Its bytes in the section; of functions, those of the body with the length in front.
    pub bytes: u64,
    /// `bytes`, and those of all entries to which no way leads but through this one.
    pub retained_bytes: u64,
    /// The entry closest to this one that all ways to it go through, as an index of all entries.
    pub dominator: Option<usize>,
    /// Whether no way leads here.
    pub garbage: bool,
}

/// The entries of `module`, kind by kind in the order of their indices.
///
/// Ways begin at the exports, at the start function, and at what instantiation does by itself: at
/// active data segments, which it copies to memory, where no reference tells who reads them, and at
/// active element segments of imported tables. Those of the module's own tables count when something
/// refers to the table: a call through it can reach any function in it. Declarative element segments
/// are kept too, since validation asks for them; they lead nowhere.
pub(super) fn entries(module: &Module) -> Vec<GraphEntry> {
    let nodes = Nodes::number(module);
    let edges = Edges::of(module, &nodes);
    let graph = Graph::new(nodes.count(), &edges.pairs);
    retained(&graph, &nodes, &sizes(module))
}

/// A node of the graph, imports among them.
#[derive(Debug)]
pub(super) struct Node {
    /// Which section's.
    pub kind: ItemKind,
    /// Its index, which imports count in.
    pub index: usize,
    /// Its bytes in the section, as of [`GraphEntry`]; none of imports.
    pub bytes: Option<u64>,
    /// What refers to it on a shortest way to it.
    pub referrer: Referrer,
}

/// What refers to an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Referrer {
    /// Whoever instantiates the module.
    Root,
    /// Another item, by its place among all nodes.
    Node(usize),
    /// Nothing that is reached.
    Nothing,
}

/// The nodes of `module`, kind by kind in the order of their indices, with the ways that [`entries`] goes.
pub(super) fn nodes(module: &Module) -> Vec<Node> {
    let nodes = Nodes::number(module);
    let edges = Edges::of(module, &nodes);
    let before = Graph::new(nodes.count(), &edges.pairs).shortest();
    let kinds = KINDS.into_iter().zip(sizes(module));
    let mut all = Vec::new();
    for (kind, sizes) in kinds {
        let imported = nodes.imported(kind) as usize;
        let bytes = std::iter::repeat_n(None, imported).chain(sizes.into_iter().map(Some));
        for (index, bytes) in bytes.enumerate() {
            let referrer = match before[nodes.of(kind, index as u32) as usize] {
                None => Referrer::Nothing,
                Some(ROOT) => Referrer::Root,
                Some(node) => Referrer::Node((node - ROOT - 1) as usize),
            };
            all.push(Node {
                kind,
                index,
                bytes,
                referrer,
            });
        }
    }
    all
}

/// The bytes of the module's own entries, by kind.
fn sizes(module: &Module) -> [Vec<u64>; KINDS.len()] {
    [
        bytes(&module.functions),
        bytes(&module.tables),
        bytes(&module.globals),
        bytes(&module.elements),
        bytes(&module.data),
    ]
}

fn bytes<T>(entries: &[binary::SectionEntry<T>]) -> Vec<u64> {
    entries.iter().map(|entry| entry.bytes).collect()
}

/// Adds up what each entry dominates.
fn retained(graph: &Graph, nodes: &Nodes, bytes: &[Vec<u64>; KINDS.len()]) -> Vec<GraphEntry> {
    let mut entries = Vec::new();
    // By node; those of imports and of the root are of no section.
    let mut entry_of = vec![None; nodes.count()];
    for (kind, sizes) in KINDS.into_iter().zip(bytes) {
        for (index, bytes) in (nodes.imported(kind)..).zip(sizes) {
            entry_of[nodes.of(kind, index) as usize] = Some(entries.len());
            entries.push(GraphEntry {
                kind,
                index: index as usize,
                bytes: *bytes,
                retained_bytes: *bytes,
                dominator: None,
                garbage: true,
            });
        }
    }
    // What a node dominates comes after it.
    for (node, dominator) in graph.dominators().into_iter().rev() {
        let Some(entry) = entry_of[node as usize] else {
            continue;
        };
        let dominator = entry_of[dominator as usize];
        entries[entry].garbage = false;
        entries[entry].dominator = dominator;
        if let Some(dominator) = dominator {
            entries[dominator].retained_bytes += entries[entry].retained_bytes;
        }
    }
    entries
}

/// The kinds of items that are nodes, in the order of their declaration.
const KINDS: [ItemKind; 5] = [
    ItemKind::Function,
    ItemKind::Table,
    ItemKind::Global,
    ItemKind::ElementSegment,
    ItemKind::DataSegment,
];

/// The index spaces one behind the other, behind the root.
struct Nodes {
    first: [u32; KINDS.len() + 1],
    imported: [u32; KINDS.len()],
}

impl Nodes {
    fn number(module: &Module) -> Self {
        let imported = [
            module.imported_functions().count() as u32,
            module.imported_tables().count() as u32,
            module.imported_globals().count() as u32,
            0,
            0,
        ];
        let own = [
            module.functions.len(),
            module.tables.len(),
            module.globals.len(),
            module.elements.len(),
            module.data.len(),
        ];
        let mut first = [ROOT + 1; KINDS.len() + 1];
        for kind in 0..KINDS.len() {
            first[kind + 1] = first[kind] + imported[kind] + own[kind] as u32;
        }
        Nodes { first, imported }
    }

    fn of(&self, kind: ItemKind, index: u32) -> u32 {
        self.first[kind as usize] + index
    }

    fn imported(&self, kind: ItemKind) -> u32 {
        self.imported[kind as usize]
    }

    fn count(&self) -> usize {
        self.first[KINDS.len()] as usize
    }
}

struct Edges<'a> {
    nodes: &'a Nodes,
    pairs: Vec<(u32, u32)>,
}

impl<'a> Edges<'a> {
    fn of(module: &Module, nodes: &'a Nodes) -> Self {
        let mut edges = Edges {
            nodes,
            pairs: Vec::new(),
        };
        let own = |kind, index| nodes.of(kind, nodes.imported(kind) + index as u32);
        for (index, table) in module.tables.iter().enumerate() {
            if let TableInit::Expr(expression) = &table.value.init {
                edges.add_expression(own(ItemKind::Table, index), expression);
            }
        }
        for (index, global) in module.globals.iter().enumerate() {
            edges.add_expression(own(ItemKind::Global, index), &global.value.init_expr);
        }
        for export in &module.exports {
            let kind = match export.kind {
                ExternalKind::Func | ExternalKind::FuncExact => ItemKind::Function,
                ExternalKind::Table => ItemKind::Table,
                ExternalKind::Global => ItemKind::Global,
                ExternalKind::Memory | ExternalKind::Tag => continue,
            };
            edges.add(ROOT, kind, export.index);
        }
        if let Some(function) = module.start {
            edges.add(ROOT, ItemKind::Function, function);
        }
        for (index, segment) in (0..).zip(&module.elements) {
            edges.add_element_segment(index, &segment.value);
        }
        for (index, function) in module.functions.iter().enumerate() {
            if let Ok(operators) = function.value.get_operators_reader() {
                edges.add_operators(own(ItemKind::Function, index), operators);
            }
        }
        for (index, segment) in module.data.iter().enumerate() {
            if let DataKind::Active { offset_expr, .. } = &segment.value.kind {
                let node = own(ItemKind::DataSegment, index);
                edges.pairs.push((ROOT, node));
                edges.add_expression(node, offset_expr);
            }
        }
        edges
    }

    fn add(&mut self, from: u32, kind: ItemKind, index: u32) {
        self.pairs.push((from, self.nodes.of(kind, index)));
    }

    fn add_element_segment(&mut self, index: u32, segment: &wasmparser::Element) {
        let node = self.nodes.of(ItemKind::ElementSegment, index);
        match &segment.kind {
            ElementKind::Passive => {}
            ElementKind::Declared => {
                self.pairs.push((ROOT, node));
                return;
            }
            ElementKind::Active {
                table_index,
                offset_expr,
            } => {
                let table = table_index.unwrap_or(0);
                let from = if table < self.nodes.imported(ItemKind::Table) {
                    ROOT
                } else {
                    self.nodes.of(ItemKind::Table, table)
                };
                self.pairs.push((from, node));
                self.add_expression(node, offset_expr);
            }
        }
        match &segment.items {
            ElementItems::Functions(functions) => {
                for function in functions.clone().into_iter().map_while(Result::ok) {
                    self.add(node, ItemKind::Function, function);
                }
            }
            ElementItems::Expressions(_, expressions) => {
                for expression in expressions.clone().into_iter().map_while(Result::ok) {
                    self.add_expression(node, &expression);
                }
            }
        }
    }

    fn add_expression(&mut self, from: u32, expression: &ConstExpr) {
        self.add_operators(from, expression.get_operators_reader());
    }

    /// Adds what the operators refer to, each once. Types, memories and tags are no nodes.
    fn add_operators(&mut self, from: u32, mut operators: wasmparser::OperatorsReader) {
        let start = self.pairs.len();
        while !operators.eof() {
            let Ok(operator) = operators.read() else {
                break;
            };
            match operator {
                Operator::Call { function_index }
                | Operator::ReturnCall { function_index }
                | Operator::RefFunc { function_index } => {
                    self.add(from, ItemKind::Function, function_index);
                }
                Operator::GlobalGet { global_index } | Operator::GlobalSet { global_index } => {
                    self.add(from, ItemKind::Global, global_index);
                }
                Operator::CallIndirect {
                    table_index: table, ..
                }
                | Operator::ReturnCallIndirect {
                    table_index: table, ..
                }
                | Operator::TableGet { table }
                | Operator::TableSet { table }
                | Operator::TableGrow { table }
                | Operator::TableSize { table }
                | Operator::TableFill { table } => self.add(from, ItemKind::Table, table),
                Operator::TableCopy {
                    dst_table,
                    src_table,
                } => {
                    self.add(from, ItemKind::Table, dst_table);
                    self.add(from, ItemKind::Table, src_table);
                }
                Operator::TableInit { elem_index, table } => {
                    self.add(from, ItemKind::Table, table);
                    self.add(from, ItemKind::ElementSegment, elem_index);
                }
                Operator::ElemDrop { elem_index: index }
                | Operator::ArrayNewElem {
                    array_elem_index: index,
                    ..
                }
                | Operator::ArrayInitElem {
                    array_elem_index: index,
                    ..
                } => {
                    self.add(from, ItemKind::ElementSegment, index);
                }
                Operator::MemoryInit {
                    data_index: index, ..
                }
                | Operator::DataDrop { data_index: index }
                | Operator::ArrayNewData {
                    array_data_index: index,
                    ..
                }
                | Operator::ArrayInitData {
                    array_data_index: index,
                    ..
                } => {
                    self.add(from, ItemKind::DataSegment, index);
                }
                _ => {}
            }
        }
        // Most bodies refer to few things often.
        self.pairs[start..].sort_unstable();
        let mut kept = start;
        for at in start..self.pairs.len() {
            if kept == start || self.pairs[kept - 1] != self.pairs[at] {
                self.pairs[kept] = self.pairs[at];
                kept += 1;
            }
        }
        self.pairs.truncate(kept);
    }
}
