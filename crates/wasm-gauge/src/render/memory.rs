//! The linear memory of a file.

use super::{Cell, Document, Show, unit_heading};
use crate::binary::Kind;
use crate::judge::{MemoryLimit, MemoryVerdict};
use crate::measure::Memory;
use crate::measure::memory::{LinearMemory, ModuleMemory, Segment, Stack, StackBasis};
use crate::units::grouped;

impl Show for MemoryVerdict {
    fn document(&self) -> Document {
        let Memory { file, modules, run } = &self.memory;
        let document = modules
            .iter()
            .fold(Document::default(), |document, module| {
                let heading = unit_heading(file, Kind::CoreModule, module.offset);
                layout(document.heading(heading), module)
            });
        let document = match run {
            Some(run) => document.paragraph(format!(
                "After {} calls: {} pages of 64 KiB ({} bytes) in all memories together.",
                grouped(run.calls),
                grouped(run.memory_pages),
                grouped(run.memory_bytes)
            )),
            None => document,
        };
        if self.findings.is_empty() {
            return document;
        }
        let rows = self.findings.iter().map(|finding| {
            let (limit, kind) = match finding.limit {
                MemoryLimit::Initial => ("initial", "at most"),
                MemoryLimit::StaticData => ("static-data", "at most"),
                MemoryLimit::StackSize => ("stack-size", "exactly"),
            };
            let measured = finding.measured_bytes;
            vec![
                Cell::Text(limit.to_owned()),
                Cell::Text(measured.map_or_else(
                    || "unknown".to_owned(),
                    |bytes| format!("{} B", grouped(bytes)),
                )),
                Cell::Text(format!("{kind} {} B", grouped(finding.limit_bytes))),
                Cell::Verdict(finding.holds),
            ]
        });
        let title = &["limit", ">measured", ">allowed", "verdict"];
        document.heading("limits").table(title, rows.collect())
    }
}

fn layout(document: Document, module: &ModuleMemory) -> Document {
    if module.memories.is_empty() {
        return document.paragraph("It has no memory.");
    }
    let memories = module.memories.iter().enumerate().map(memory).collect();
    let heap_base = match &module.heap_base {
        Some(base) if base.is_estimate => format!(
            "Heap base: {} or above in memory {}: the end of its active data segments, there is no __heap_base.",
            grouped(base.address),
            base.memory
        ),
        Some(base) => format!(
            "Heap base: {} in memory {}, by __heap_base.",
            grouped(base.address),
            base.memory
        ),
        None => "Heap base: unknown.".to_owned(),
    };
    let document = document
        .table(
            &[
                "memory",
                ">minimum pages",
                ">maximum",
                ">page bytes",
                "is",
                "imported",
                "exported",
                ">static data",
                ">its end",
            ],
            memories,
        )
        .paragraph(stack(&module.stack))
        .paragraph(heap_base);
    let document = match module.passive_data_bytes {
        0 => document,
        bytes => document.paragraph(format!(
            "Passive data, in no memory yet: {} bytes.",
            grouped(bytes)
        )),
    };
    if module.segments.is_empty() {
        return document;
    }
    let segments = module.segments.iter().enumerate().map(segment).collect();
    document.table(
        &["data segment", "is", ">memory", ">address", ">bytes"],
        segments,
    )
}

fn memory((index, memory): (usize, &LinearMemory)) -> Vec<Cell> {
    let width = if memory.is_64_bit { "64-bit" } else { "32-bit" };
    let shared = if memory.shared { ", shared" } else { "" };
    let import = memory.import.as_ref();
    vec![
        Cell::Count(index as u64),
        Cell::Count(memory.minimum_pages),
        memory
            .maximum_pages
            .map_or(Cell::Text("none".to_owned()), Cell::Count),
        Cell::Count(memory.page_bytes),
        Cell::Text(format!("{width}{shared}")),
        Cell::Name(import.map_or_else(String::new, |(module, name)| format!("{module} {name}"))),
        Cell::Name(memory.exports.join(", ")),
        Cell::Count(memory.static_data_bytes),
        or_none(memory.static_data_end),
    ]
}

fn stack(stack: &Stack) -> String {
    let bytes = stack.bytes.map_or("unknown".to_owned(), |bytes| {
        format!("{} bytes in memory {}", grouped(bytes), stack.memory)
    });
    let basis = match stack.basis {
        StackBasis::Name => "below where the global __stack_pointer begins",
        StackBasis::Prologue => {
            "below where the one global begins that functions lower at their beginning"
        }
        StackBasis::NoStackPointer => "no global is recognised as stack pointer",
        StackBasis::NoConstant => "the stack pointer does not begin with a constant",
        StackBasis::NotStackFirst => "nothing shows that it lies below all data",
    };
    format!("Stack: {bytes}: {basis}.")
}

fn segment((index, segment): (usize, &Segment)) -> Vec<Cell> {
    vec![
        Cell::Count(index as u64),
        Cell::Text(
            match (segment.memory, segment.address) {
                (None, _) => "passive",
                (Some(_), Some(_)) => "active",
                (Some(_), None) => "active, at a computed address",
            }
            .to_owned(),
        ),
        or_none(segment.memory.map(u64::from)),
        or_none(segment.address),
        Cell::Count(segment.bytes),
    ]
}

fn or_none(value: Option<u64>) -> Cell {
    value.map_or(Cell::Text(String::new()), Cell::Count)
}
