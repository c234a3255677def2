//! The linear memory of a file.

use super::document::Rows;
use super::{Cell, Document, Show, unit_heading};
use crate::binary::Kind;
use crate::judge::{MemoryLimit, MemoryVerdict};
use crate::measure::Memory;
use crate::measure::memory::{ModuleMemory, Stack, StackBasis};
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
        document.heading("limits").table(
            Rows::of(&self.findings)
                .text("limit", |finding| {
                    let limit = match finding.limit {
                        MemoryLimit::Initial => "initial",
                        MemoryLimit::StaticData => "static-data",
                        MemoryLimit::StackSize => "stack-size",
                    };
                    Cell::Text(limit.to_owned())
                })
                .number("measured", |finding| {
                    let bytes = finding.measured_bytes;
                    let known = bytes.map(|bytes| format!("{} B", grouped(bytes)));
                    Cell::Text(known.unwrap_or_else(|| "unknown".to_owned()))
                })
                .number("allowed", |finding| {
                    let kind = match finding.limit {
                        MemoryLimit::Initial | MemoryLimit::StaticData => "at most",
                        MemoryLimit::StackSize => "exactly",
                    };
                    Cell::Text(format!("{kind} {} B", grouped(finding.limit_bytes)))
                })
                .text("verdict", |finding| Cell::Verdict(finding.holds)),
        )
    }
}

fn layout(document: Document, module: &ModuleMemory) -> Document {
    if module.memories.is_empty() {
        return document.paragraph("It has no memory.");
    }
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
            Rows::of(module.memories.iter().enumerate())
                .text("memory", |(index, _)| Cell::Count(*index as u64))
                .number("minimum pages", |(_, memory)| {
                    Cell::Count(memory.minimum_pages)
                })
                .number("maximum", |(_, memory)| {
                    let none = || Cell::Text("none".to_owned());
                    memory.maximum_pages.map_or_else(none, Cell::Count)
                })
                .number("page bytes", |(_, memory)| Cell::Count(memory.page_bytes))
                .text("is", |(_, memory)| {
                    let width = if memory.is_64_bit { "64-bit" } else { "32-bit" };
                    let shared = if memory.shared { ", shared" } else { "" };
                    Cell::Text(format!("{width}{shared}"))
                })
                .text("imported", |(_, memory)| {
                    Cell::of(memory.import.as_ref(), |(module, name)| {
                        Cell::Name(format!("{module} {name}"))
                    })
                })
                .text("exported", |(_, memory)| {
                    let exports = (!memory.exports.is_empty()).then(|| memory.exports.join(", "));
                    Cell::of(exports, Cell::Name)
                })
                .number("static data", |(_, memory)| {
                    Cell::Count(memory.static_data_bytes)
                })
                .number("its end", |(_, memory)| {
                    Cell::of(memory.static_data_end, Cell::Count)
                }),
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
    document.table(
        Rows::of(module.segments.iter().enumerate())
            .text("data segment", |(index, _)| Cell::Count(*index as u64))
            .text("is", |(_, segment)| {
                let words = match (segment.memory, segment.address) {
                    (None, _) => "passive",
                    (Some(_), Some(_)) => "active",
                    (Some(_), None) => "active, at a computed address",
                };
                Cell::Text(words.to_owned())
            })
            .number("memory", |(_, segment)| {
                Cell::of(segment.memory.map(u64::from), Cell::Count)
            })
            .number("address", |(_, segment)| {
                Cell::of(segment.address, Cell::Count)
            })
            .number("bytes", |(_, segment)| Cell::Count(segment.bytes)),
    )
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
