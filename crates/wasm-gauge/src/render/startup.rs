//! Start-up times.

use super::document::Rows;
use super::{Cell, Document, Show};
use crate::engine::Compiler;
use crate::measure::Startup;
use crate::measure::startup::Start;
use crate::measure::startup::process::Processes;
use crate::measure::statistics::Spread;

impl Show for Startup {
    fn document(&self) -> Document {
        let document = Document::default().heading(format!("{}: {}", self.file, self.kind));
        let document = match &self.call {
            Some(call) => document.paragraph(format!(
                "First call: `{call}`, answered alike each time, with {} pages in all memories together.",
                self.pages
            )),
            None => document.paragraph("No call was made."),
        };
        let part = |part: Option<Spread>| Cell::of(part, |part| milliseconds(part.p50_ns));
        let document = document
            .table(
                Rows::of(&self.scenarios)
                    .text("compiler", |way| compiler(way.compiler))
                    .text("start", |way| start(way.start))
                    .number("times", |way| Cell::Count(way.repetitions))
                    .number("load", |way| part(way.load))
                    .number("instantiate", |way| part(Some(way.instantiate)))
                    .number("first call", |way| part(way.first_call))
                    .number("total p50", |way| milliseconds(way.total.p50_ns))
                    .number("p90", |way| milliseconds(way.total.p90_ns))
                    .number("p99", |way| milliseconds(way.total.p99_ns))
                    .number("machine code", |way| Cell::Count(way.artifact_bytes)),
            )
            .paragraph(
                "Parts are medians, in ms; machine code in bytes. Times are of this machine, now.",
            );
        let document = match self.unmeasured.is_empty() {
            true => document,
            false => document.table(
                Rows::of(&self.unmeasured)
                    .text("compiler", |way| compiler(way.compiler))
                    .text("start", |way| start(way.start))
                    .text("not measured, because", |way| {
                        Cell::Text(way.reason.clone())
                    }),
            ),
        };
        match &self.processes {
            Some(processes) => processes_of(document, processes),
            None => document,
        }
    }
}

fn processes_of(document: Document, processes: &Processes) -> Document {
    let rows = [
        ("wasmtime --version", processes.floor),
        ("wasmtime run --invoke, component", processes.compile),
        ("wasmtime run --invoke, precompiled", processes.precompiled),
    ];
    let table = Rows::of(rows)
        .text("process", |(what, _)| Cell::Text((*what).to_owned()))
        .number("times", |_| Cell::Count(processes.repetitions))
        .number("p50", |(_, times)| milliseconds(times.p50_ns))
        .number("p90", |(_, times)| milliseconds(times.p90_ns))
        .number("p99", |(_, times)| milliseconds(times.p99_ns));
    document
        .heading(format!("processes of wasmtime {}", processes.version))
        .table(table)
        .paragraph("From the start of the process to its end, in ms; `--version` is what a process costs that does nothing.")
}

/// What makes the machine code, in words.
pub(super) fn compiler(compiler: Compiler) -> Cell {
    let words = match compiler {
        Compiler::Cranelift => "Cranelift",
        Compiler::Winch => "Winch",
    };
    Cell::Text(words.to_owned())
}

/// Where the machine code comes from, in words.
pub(super) fn start(start: Start) -> Cell {
    let words = match start {
        Start::Cold => "cold: compile",
        Start::Precompiled => "cold: load machine code",
        Start::Warm => "warm",
        Start::Pooled => "warm, pooled memory",
    };
    Cell::Text(words.to_owned())
}

/// To the microsecond.
pub(super) fn milliseconds(ns: u64) -> Cell {
    let microseconds = ns.div_ceil(1_000);
    Cell::Text(format!(
        "{}.{:03}",
        microseconds / 1_000,
        microseconds % 1_000
    ))
}
