//! What the items of a core module refer to, and what each of them alone keeps in the module.

use petgraph::algo::dominators;
use petgraph::csr::Csr;
use petgraph::visit::DfsPostOrder;
use wasmparser::{
    ConstExpr, DataKind, ElementItems, ElementKind, ExternalKind, FromReader, Operator, Parser,
    Payload, SectionLimited, TableInit, TypeRef,
};

use super::item::ItemKind;

/// Stands for whoever instantiates the module: what it leads to is kept.
const ROOT: u32 = 0;

/// An entry of the function, table, global, element or data section, with a place in the graph.
#[derive(Debug)]
pub(super) struct Entry {
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

/// The entries of the valid core module `module`, kind by kind in the order of their indices.
///
/// Ways begin at the exports, at the start function, and at what instantiation does by itself: at
/// active data segments, which it copies to memory, where no reference tells who reads them, and at
/// active element segments of imported tables. Those of the module's own tables count when something
/// refers to the table: a call through it can reach any function in it. Declarative element segments
/// are kept too, since validation asks for them; they lead nowhere.
pub(super) fn entries(module: &[u8]) -> Vec<Entry> {
    // The module is valid: here and below, nothing ends early.
    let payloads: Vec<_> = Parser::new(0)
        .parse_all(module)
        .map_while(Result::ok)
        .collect();
    let nodes = Nodes::number(&payloads);
    let mut bytes = [const { Vec::new() }; KINDS.len()];
    let mut edges = Edges {
        nodes: &nodes,
        // Leading to itself, the root is in the graph even if it leads to nothing else.
        pairs: vec![(ROOT, ROOT)],
    };
    let mut next_body = 0;
    for payload in payloads {
        match payload {
            Payload::TableSection(section) => {
                for (index, (table, size)) in
                    (nodes.imported(ItemKind::Table)..).zip(sized(section))
                {
                    bytes[ItemKind::Table as usize].push(size);
                    if let TableInit::Expr(expression) = table.init {
                        edges.add_expression(nodes.of(ItemKind::Table, index), &expression);
                    }
                }
            }
            Payload::GlobalSection(section) => {
                for (index, (global, size)) in
                    (nodes.imported(ItemKind::Global)..).zip(sized(section))
                {
                    bytes[ItemKind::Global as usize].push(size);
                    edges.add_expression(nodes.of(ItemKind::Global, index), &global.init_expr);
                }
            }
            Payload::ExportSection(section) => {
                for export in section.into_iter().map_while(Result::ok) {
                    let kind = match export.kind {
                        ExternalKind::Func | ExternalKind::FuncExact => ItemKind::Function,
                        ExternalKind::Table => ItemKind::Table,
                        ExternalKind::Global => ItemKind::Global,
                        ExternalKind::Memory | ExternalKind::Tag => continue,
                    };
                    edges.add(ROOT, kind, export.index);
                }
            }
            Payload::StartSection { func, .. } => edges.add(ROOT, ItemKind::Function, func),
            Payload::ElementSection(section) => {
                for (index, (segment, size)) in (0..).zip(sized(section)) {
                    bytes[ItemKind::ElementSegment as usize].push(size);
                    edges.add_element_segment(index, &segment);
                }
            }
            Payload::CodeSectionStart { range, .. } => {
                // Behind the count, a LEB128 number: its last byte has no high bit.
                let count = &module[range.start as usize..];
                let last = count.iter().take_while(|byte| **byte & 0x80 != 0).count();
                next_body = range.start + last as u64 + 1;
            }
            Payload::CodeSectionEntry(body) => {
                let sizes = &mut bytes[ItemKind::Function as usize];
                let index = nodes.imported(ItemKind::Function) + sizes.len() as u32;
                let end = body.range().end;
                sizes.push(end - next_body);
                next_body = end;
                if let Ok(operators) = body.get_operators_reader() {
                    edges.add_operators(nodes.of(ItemKind::Function, index), operators);
                }
            }
            Payload::DataSection(section) => {
                for (index, (segment, size)) in (0..).zip(sized(section)) {
                    bytes[ItemKind::DataSegment as usize].push(size);
                    if let DataKind::Active { offset_expr, .. } = segment.kind {
                        edges.add(ROOT, ItemKind::DataSegment, index);
                        edges.add_expression(nodes.of(ItemKind::DataSegment, index), &offset_expr);
                    }
                }
            }
            _ => {}
        }
    }
    let graph = edges.into_graph();
    retained(&graph, &nodes, &bytes)
}

/// Adds up what each entry dominates.
fn retained(graph: &Csr<()>, nodes: &Nodes, bytes: &[Vec<u64>; KINDS.len()]) -> Vec<Entry> {
    let mut entries = Vec::new();
    // By node; those of imports and of the root are of no section.
    let mut entry_of = vec![None; nodes.count()];
    for (kind, sizes) in KINDS.into_iter().zip(bytes) {
        for (index, bytes) in (nodes.imported(kind)..).zip(sizes) {
            entry_of[nodes.of(kind, index) as usize] = Some(entries.len());
            entries.push(Entry {
                kind,
                index: index as usize,
                bytes: *bytes,
                retained_bytes: *bytes,
                dominator: None,
                garbage: true,
            });
        }
    }
    let dominators = dominators::simple_fast(graph, ROOT);
    // A way from the root to a node goes through its dominators, so they come after it.
    let mut search = DfsPostOrder::new(graph, ROOT);
    while let Some(node) = search.next(graph) {
        let Some(entry) = entry_of[node as usize] else {
            continue;
        };
        let dominator = dominators
            .immediate_dominator(node)
            .and_then(|dominator| entry_of[dominator as usize]);
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
    fn number(payloads: &[Payload]) -> Self {
        let (mut own, mut imported) = ([0; KINDS.len()], [0; KINDS.len()]);
        for payload in payloads {
            let (kind, count) = match payload {
                Payload::ImportSection(section) => {
                    let imports = section.clone().into_imports();
                    for import in imports.map_while(Result::ok) {
                        let kind = match import.ty {
                            TypeRef::Func(_) | TypeRef::FuncExact(_) => ItemKind::Function,
                            TypeRef::Table(_) => ItemKind::Table,
                            TypeRef::Global(_) => ItemKind::Global,
                            TypeRef::Memory(_) | TypeRef::Tag(_) => continue,
                        };
                        imported[kind as usize] += 1;
                    }
                    continue;
                }
                Payload::FunctionSection(section) => (ItemKind::Function, section.count()),
                Payload::TableSection(section) => (ItemKind::Table, section.count()),
                Payload::GlobalSection(section) => (ItemKind::Global, section.count()),
                Payload::ElementSection(section) => (ItemKind::ElementSegment, section.count()),
                Payload::DataSection(section) => (ItemKind::DataSegment, section.count()),
                _ => continue,
            };
            own[kind as usize] = count;
        }
        let mut first = [ROOT + 1; KINDS.len() + 1];
        for kind in 0..KINDS.len() {
            first[kind + 1] = first[kind] + imported[kind] + own[kind];
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

impl Edges<'_> {
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

    fn into_graph(mut self) -> Csr<()> {
        self.pairs.sort_unstable();
        self.pairs.dedup();
        Csr::from_sorted_edges(&self.pairs).expect("they are sorted")
    }
}

/// The entries of a section with their bytes.
fn sized<'a, T: FromReader<'a>>(section: SectionLimited<'a, T>) -> Vec<(T, u64)> {
    let end = section.range().end;
    let mut entries: Vec<(T, u64)> = Vec::new();
    for (offset, entry) in section.into_iter_with_offsets().map_while(Result::ok) {
        let rest = end - offset;
        if let Some((_, bytes)) = entries.last_mut() {
            *bytes -= rest;
        }
        entries.push((entry, rest));
    }
    entries
}
