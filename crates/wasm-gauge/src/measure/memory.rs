//! What linear memory is laid out for: stack, static data, heap.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use wasmparser::{DataKind, ExternalKind, FunctionBody, MemoryType, Operator, TypeRef};

use crate::binary::{self, Binary, Unit, constant};

/// The linear memory of one file's core modules.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, schemars::JsonSchema)]
pub struct Memory {
    /// The file's name without its folders.
    pub file: String,
    /// In the order of the file.
    pub modules: Vec<ModuleMemory>,
    /// How large the memories were after the calls that were made, if any were.
    pub run: Option<MemoryRun>,
}

/// The linear memory of one core module.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, schemars::JsonSchema)]
pub struct ModuleMemory {
    /// Where the module begins in the file, in bytes.
    pub offset: u64,
    /// By index, the imported ones first.
    pub memories: Vec<LinearMemory>,
    /// The stack.
    pub stack: Stack,
    /// Where the heap begins; none when neither an export nor static data tells.
    pub heap_base: Option<HeapBase>,
    /// Bytes of all passive data segments, which are in no memory before code copies them there.
    pub passive_data_bytes: u64,
    /// The data segments by index.
    pub segments: Vec<Segment>,
}

/// One linear memory.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, schemars::JsonSchema)]
pub struct LinearMemory {
    /// Module and name that it is imported by.
    pub import: Option<(String, String)>,
    /// The names that it is exported by.
    pub exports: Vec<String>,
    /// Pages at the beginning.
    pub minimum_pages: u64,
    /// Pages that it cannot grow beyond, where the module sets such a limit.
    pub maximum_pages: Option<u64>,
    /// Bytes of a page: 65,536, or what the module says.
    pub page_bytes: u64,
    /// Whether threads can share it.
    pub shared: bool,
    /// Whether its addresses are 64-bit; they are 32-bit otherwise.
    pub is_64_bit: bool,
    /// Bytes of all active data segments that are copied to it. Data that begins as zeros is in none.
    pub static_data_bytes: u64,
    /// Where the last of them ends that is at a constant address.
    pub static_data_end: Option<u64>,
}

/// The memory that stack and heap are in: the tool conventions know one memory, and LLVM's code uses the
/// first.
const C_MEMORY: u32 = 0;

/// The stack in linear memory, which grows downwards.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, schemars::JsonSchema)]
pub struct Stack {
    /// The index of the memory that it is in.
    pub memory: u32,
    /// Its size in bytes; none when it is not known.
    pub bytes: Option<u64>,
    /// How it is known, or why it is not.
    pub basis: StackBasis,
}

/// How a stack's size is known, or why it is not.
///
/// A stack pointer is a mutable global that begins with a constant. The stack lies below that
/// address, down to address 0, if all data segments lie above it that are copied to constant addresses: the layout that wasm-ld
/// calls `--stack-first` and rustc asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum StackBasis {
    /// The stack pointer has the name `__stack_pointer`.
    Name,
    /// One global alone is lowered by a constant at the beginning of functions, as LLVM's code does
    /// it to the stack pointer.
    Prologue,
    /// Unknown: no global is recognised as stack pointer.
    NoStackPointer,
    /// Unknown: the stack pointer does not begin with a constant in this module.
    NoConstant,
    /// Unknown: there is no data segment at a constant address that tells whether the stack
    /// comes first, or there is one below the stack pointer.
    NotStackFirst,
}

/// Where the heap begins.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, schemars::JsonSchema)]
pub struct HeapBase {
    /// The index of the memory that it is in.
    pub memory: u32,
    /// The address.
    pub address: u64,
    /// Whether it is the end of the active data segments only: zeros that follow them in memory
    /// are in no segment, so the heap begins there or later. Otherwise `__heap_base` says it.
    pub is_estimate: bool,
}

/// A data segment.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, schemars::JsonSchema)]
pub struct Segment {
    /// The memory that an active segment is copied to at instantiation; none for passive segments.
    pub memory: Option<u32>,
    /// The address an active segment is copied to; none where it is not a constant.
    pub address: Option<u64>,
    /// The constant addresses of the first memory that code copies a passive segment to, as what threads share is laid
    /// out by the start function of its module.
    pub copied_to: Vec<u64>,
    /// How many bytes it has.
    pub bytes: u64,
}

/// What linear memory came to.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, schemars::JsonSchema)]
pub struct MemoryRun {
    /// How many calls were made, on one instance.
    pub calls: u64,
    /// Bytes of all linear memories together after the calls, which is the most they had: linear
    /// memory never shrinks.
    pub memory_bytes: u64,
    /// The same in pages of 64 KiB.
    pub memory_pages: u64,
}

/// Bytes of a page, unless a memory says otherwise.
pub(crate) const PAGE_BYTES: u64 = 65_536;

impl MemoryRun {
    /// What `calls` calls left `memory_bytes` of linear memory.
    pub fn new(calls: u64, memory_bytes: u64) -> Self {
        MemoryRun {
            calls,
            memory_bytes,
            memory_pages: memory_bytes.div_ceil(PAGE_BYTES),
        }
    }
}

impl Segment {
    /// Where it ends, if it is at a constant address.
    fn end(&self) -> Option<u64> {
        Some(self.address?.saturating_add(self.bytes))
    }

    /// The constant addresses that it is copied to in the memory that stack and heap are in.
    pub(crate) fn addresses(&self) -> impl Iterator<Item = u64> {
        let active = self.address.filter(|_| self.memory == Some(C_MEMORY));
        active.into_iter().chain(self.copied_to.iter().copied())
    }
}

impl Memory {
    /// Reads the core modules of `binary`, to be called `label`.
    pub fn measure(label: &str, binary: &Binary) -> Self {
        let units = binary.core_modules();
        Memory {
            file: label.to_owned(),
            modules: units.map(|unit| module(unit)).collect(),
            run: None,
        }
    }
}

/// The name that wasm-ld gives to the stack pointer.
const STACK_POINTER: &str = "__stack_pointer";
/// The name that wasm-ld gives to the beginning of the heap.
const HEAP_BASE: &str = "__heap_base";

/// What the globals of a module are, by index.
#[derive(Default)]
struct Globals {
    /// Each with whether it is mutable, and the constant it begins with.
    all: Vec<(bool, Option<u64>)>,
    /// Names, from imports, exports and the `name` section.
    names: BTreeMap<String, u32>,
    /// Those that functions lower at their beginning.
    lowered: BTreeSet<u32>,
}

fn module(unit: &Unit) -> ModuleMemory {
    let module = unit.module();
    let imported = module.imports.iter().filter_map(|import| match import.ty {
        TypeRef::Memory(ty) => {
            let from = (import.module.to_owned(), import.name.to_owned());
            Some(linear_memory(Some(from), &ty))
        }
        _ => None,
    });
    let own = module.memories.iter().map(|ty| linear_memory(None, ty));
    let mut memories: Vec<_> = imported.chain(own).collect();
    for export in &module.exports {
        if export.kind == ExternalKind::Memory {
            let exports = &mut memories[export.index as usize].exports;
            exports.push(export.name.to_owned());
        }
    }
    let mut copied_to = copies(module);
    let segments: Vec<_> = module
        .data
        .iter()
        .enumerate()
        .map(|(index, segment)| {
            let (memory, address) = match &segment.value.kind {
                DataKind::Passive => (None, None),
                DataKind::Active {
                    memory_index,
                    offset_expr,
                } => (Some(*memory_index), constant(offset_expr)),
            };
            Segment {
                memory,
                address,
                copied_to: copied_to.remove(&(index as u32)).unwrap_or_default(),
                bytes: segment.value.data.len() as u64,
            }
        })
        .collect();
    let mut passive_data_bytes = 0;
    for segment in &segments {
        let Some(memory) = segment.memory else {
            passive_data_bytes += segment.bytes;
            continue;
        };
        let memory = &mut memories[memory as usize];
        memory.static_data_bytes += segment.bytes;
        memory.static_data_end = memory.static_data_end.max(segment.end());
    }
    let globals = Globals::of(module);
    ModuleMemory {
        offset: unit.range.start as u64,
        stack: stack(&globals, &segments),
        heap_base: heap_base(&globals, &memories),
        passive_data_bytes,
        memories,
        segments,
    }
}

impl Globals {
    fn of(module: &binary::Module) -> Self {
        let mut globals = Globals::default();
        for import in module.imported_globals() {
            if let TypeRef::Global(ty) = import.ty {
                let index = globals.all.len() as u32;
                globals.names.insert(import.name.to_owned(), index);
                globals.all.push((ty.mutable, None));
            }
        }
        let own = module.globals.iter().map(|global| &global.value);
        let own = own.map(|global| (global.ty.mutable, constant(&global.init_expr)));
        globals.all.extend(own);
        for export in &module.exports {
            if export.kind == ExternalKind::Global {
                globals.names.insert(export.name.to_owned(), export.index);
            }
        }
        for naming in module.global_names() {
            let named = globals.names.entry(naming.name.to_owned());
            named.or_insert(naming.index);
        }
        let bodies = module.functions.iter();
        globals.lowered = bodies.filter_map(|body| lowered(&body.value)).collect();
        globals
    }
}

fn linear_memory(import: Option<(String, String)>, ty: &MemoryType) -> LinearMemory {
    LinearMemory {
        import,
        exports: Vec::new(),
        minimum_pages: ty.initial,
        maximum_pages: ty.maximum,
        page_bytes: ty.page_size_log2.map_or(PAGE_BYTES, |log2| 1 << log2),
        shared: ty.shared,
        is_64_bit: ty.memory64,
        static_data_bytes: 0,
        static_data_end: None,
    }
}

/// The constant addresses of the first memory that functions copy each passive segment to, by the segment's index.
fn copies(module: &binary::Module) -> BTreeMap<u32, Vec<u64>> {
    let mut copies: BTreeMap<u32, Vec<u64>> = BTreeMap::new();
    if module
        .data
        .iter()
        .all(|segment| !matches!(segment.value.kind, DataKind::Passive))
    {
        return copies;
    }
    for body in &module.functions {
        let Ok(operators) = body.value.get_operators_reader() else {
            continue;
        };
        // The address, the first byte of the segment, and how many of its bytes.
        let mut operands = [None; 3];
        for operator in operators.into_iter().map_while(Result::ok) {
            if let (
                Operator::MemoryInit {
                    data_index,
                    mem: C_MEMORY,
                },
                [Some(address), Some(_), Some(_)],
            ) = (&operator, operands)
            {
                copies.entry(*data_index).or_default().push(address);
            }
            let constant = match operator {
                Operator::I32Const { value } => Some(u64::from(value as u32)),
                Operator::I64Const { value } => Some(value as u64),
                _ => None,
            };
            operands = [operands[1], operands[2], constant];
        }
    }
    copies
}

/// The global that the function lowers by a constant before it does anything else.
fn lowered(body: &FunctionBody) -> Option<u32> {
    let mut operators = body.get_operators_reader().ok()?;
    let mut next = || operators.read().unwrap_or(Operator::Nop);
    match [next(), next(), next(), next(), next()] {
        [
            Operator::GlobalGet { global_index: from },
            Operator::I32Const { .. } | Operator::I64Const { .. },
            Operator::I32Sub | Operator::I64Sub,
            Operator::LocalTee { .. },
            Operator::GlobalSet { global_index: to },
        ] if from == to => Some(to),
        _ => None,
    }
}

fn stack(globals: &Globals, segments: &[Segment]) -> Stack {
    let mut lowered = globals.lowered.iter();
    let pointer = match (
        globals.names.get(STACK_POINTER),
        lowered.next(),
        lowered.next(),
    ) {
        (Some(index), _, _) => Some((*index, StackBasis::Name)),
        (None, Some(index), None) => Some((*index, StackBasis::Prologue)),
        _ => None,
    };
    let stack = |bytes, basis| Stack {
        memory: C_MEMORY,
        bytes,
        basis,
    };
    let unknown = |basis| stack(None, basis);
    let Some((index, basis)) = pointer else {
        return unknown(StackBasis::NoStackPointer);
    };
    let Some((true, Some(top))) = globals.all.get(index as usize).copied() else {
        return unknown(StackBasis::NoConstant);
    };
    match segments.iter().flat_map(Segment::addresses).min() {
        Some(lowest) if top <= lowest => stack(Some(top), basis),
        _ => unknown(StackBasis::NotStackFirst),
    }
}

fn heap_base(globals: &Globals, memories: &[LinearMemory]) -> Option<HeapBase> {
    let memory = memories.get(C_MEMORY as usize)?;
    let named = globals.names.get(HEAP_BASE);
    let known = named.and_then(|index| globals.all.get(*index as usize)?.1);
    Some(HeapBase {
        memory: C_MEMORY,
        address: known.or(memory.static_data_end)?,
        is_estimate: known.is_none(),
    })
}
