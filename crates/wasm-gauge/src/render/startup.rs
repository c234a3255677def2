//! Start-up times.

use super::{Cell, Document, Show};
use crate::engine::Compiler;
use crate::measure::Startup;
use crate::measure::startup::process::Processes;
use crate::measure::startup::{Scenario, Start, Unmeasured};
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
        let document = document
            .table(
                &[
                    "compiler",
                    "start",
                    ">times",
                    ">load",
                    ">instantiate",
                    ">first call",
                    ">total p50",
                    ">p90",
                    ">p99",
                    ">machine code",
                ],
                self.scenarios.iter().map(row).collect(),
            )
            .paragraph(
                "Parts are medians, in ms; machine code in bytes. Times are of this machine, now.",
            );
        let document = if self.unmeasured.is_empty() {
            document
        } else {
            let row = |unmeasured: &Unmeasured| {
                let [compiler, start] = way(unmeasured.compiler, unmeasured.start);
                vec![compiler, start, Cell::Text(unmeasured.reason.clone())]
            };
            document.table(
                &["compiler", "start", "not measured, because"],
                self.unmeasured.iter().map(row).collect(),
            )
        };
        match &self.processes {
            Some(processes) => processes_of(document, processes),
            None => document,
        }
    }
}

fn processes_of(document: Document, processes: &Processes) -> Document {
    let row = |what: &str, times: Spread| {
        let mut row = vec![
            Cell::Text(what.to_owned()),
            Cell::Count(processes.repetitions),
        ];
        row.extend([times.p50_ns, times.p90_ns, times.p99_ns].map(milliseconds));
        row
    };
    let rows = vec![
        row("wasmtime --version", processes.floor),
        row("wasmtime run --invoke, component", processes.compile),
        row("wasmtime run --invoke, precompiled", processes.precompiled),
    ];
    document
        .heading(format!("processes of wasmtime {}", processes.version))
        .table(&["process", ">times", ">p50", ">p90", ">p99"], rows)
        .paragraph("From the start of the process to its end, in ms; `--version` is what a process costs that does nothing.")
}

fn row(scenario: &Scenario) -> Vec<Cell> {
    let part = |part: Option<Spread>| {
        part.map_or_else(
            || Cell::Text("-".to_owned()),
            |part| milliseconds(part.p50_ns),
        )
    };
    let [compiler, start] = way(scenario.compiler, scenario.start);
    vec![
        compiler,
        start,
        Cell::Count(scenario.repetitions),
        part(scenario.load),
        part(Some(scenario.instantiate)),
        part(scenario.first_call),
        milliseconds(scenario.total.p50_ns),
        milliseconds(scenario.total.p90_ns),
        milliseconds(scenario.total.p99_ns),
        Cell::Count(scenario.artifact_bytes),
    ]
}

/// A way to start, in words.
pub(super) fn way(compiler: Compiler, start: Start) -> [Cell; 2] {
    let compiler = match compiler {
        Compiler::Cranelift => "Cranelift",
        Compiler::Winch => "Winch",
    };
    let start = match start {
        Start::Cold => "cold: compile",
        Start::Precompiled => "cold: load machine code",
        Start::Warm => "warm",
        Start::Pooled => "warm, pooled memory",
    };
    [compiler, start].map(|words| Cell::Text(words.to_owned()))
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
