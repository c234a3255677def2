//! Native programs side by side.

use serde::Serialize;

use super::startup::milliseconds;
use super::verdict::{amount, sentence};
use super::{Cell, Document, Show};
use crate::judge::{Goal, GoalFinding, NativeFinding, NativeVerdict};
use crate::measure::native::{Part, ProgramCrate, ProgramSizes};
use crate::measure::statistics::Spread;
use crate::record::native::{Build, NativeProgram, NativeReport};
use crate::record::tools::tool_list;
use crate::units::grouped;

/// A table about native programs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NativeTable {
    /// Sizes, and what the bytes are.
    Sizes,
    /// What crates have in each.
    Crates,
    /// The limit on each program.
    Limits,
    /// Goals beside what was reached.
    Goals,
    /// How long they take to start.
    Start,
    /// How long they work.
    Work,
    /// How long they take to build.
    Builds,
}

/// A verdict on native programs, of which people see some tables.
#[derive(Debug, Serialize)]
pub struct ShownNative {
    /// All of it.
    #[serde(flatten)]
    pub verdict: NativeVerdict,
    /// What people see of it, as far as there is something in it.
    #[serde(skip)]
    pub tables: Vec<NativeTable>,
}

impl Show for ShownNative {
    fn document(&self) -> Document {
        let verdict = &self.verdict;
        let report = &verdict.report;
        let document =
            self.tables
                .iter()
                .fold(Document::default(), |document, table| match table {
                    NativeTable::Sizes => sizes(document, report),
                    NativeTable::Crates => report.programs.iter().fold(document, crates),
                    NativeTable::Limits => limits(document, &verdict.limits),
                    NativeTable::Goals => goals(document, &verdict.goals),
                    NativeTable::Start => start(document, report),
                    NativeTable::Work => work(document, report),
                    NativeTable::Builds => builds(document, report),
                });
        judged(document, verdict)
    }
}

fn sizes(document: Document, report: &NativeReport) -> Document {
    let title = |part: Part| match part {
        Part::Text => ">text",
        Part::Rodata => ">rodata",
        Part::EhFrame => ">eh_frame",
        Part::EhFrameHdr => ">eh_frame_hdr",
        Part::GccExceptTable => ">gcc_except_table",
        Part::RelaDyn => ">rela.dyn",
        Part::DataRelRo => ">data.rel.ro",
        Part::Symbols => ">symbols",
        Part::Debug => ">debug",
        Part::Other => ">other",
        Part::Headers => ">headers",
    };
    let programs = || report.programs.iter().map(|program| &program.sizes);
    let parts: Vec<Part> = Part::ALL
        .into_iter()
        .filter(|part| programs().any(|sizes| sizes.part(*part) > 0))
        .collect();
    let mut titles = vec!["program", ">bytes", ">ratio", ">gzip -9", ">ratio"];
    titles.extend(parts.iter().map(|part| title(*part)));
    let row = |program: &NativeProgram| {
        let sizes = &program.sizes;
        let against =
            |bytes: fn(&ProgramSizes) -> u64| ratio(bytes(sizes), programs().next().map(bytes));
        let mut row = vec![
            Cell::Name(program.name.clone()),
            Cell::Count(sizes.bytes),
            against(|sizes| sizes.bytes),
            Cell::Count(sizes.gzip_bytes),
            against(|sizes| sizes.gzip_bytes),
        ];
        row.extend(parts.iter().map(|part| Cell::Count(sizes.part(*part))));
        row
    };
    let rows = report.programs.iter().map(row).collect();
    let mut of: Vec<&str> = programs()
        .map(|sizes| sizes.architecture.as_str())
        .collect();
    of.dedup();
    document
        .heading("sizes")
        .table(&titles, rows)
        .paragraph(format!(
            "Bytes in the file, of programs for {}, made with {}.",
            of.join(" and "),
            tool_list(&report.tools)
        ))
}

fn crates(document: Document, program: &NativeProgram) -> Document {
    let document = document.heading(format!("{}: crates", program.name));
    let Some(crates) = &program.crates else {
        return document.paragraph("Not known: the program has no symbols.");
    };
    let row = |found: &ProgramCrate| {
        vec![
            Cell::Name(found.name.clone()),
            Cell::Count(found.code_bytes),
            Cell::Count(found.data_bytes),
        ]
    };
    document.table(
        &["crate", ">code", ">data"],
        crates.iter().map(row).collect(),
    )
}

fn goals(document: Document, goals: &[GoalFinding]) -> Document {
    if goals.is_empty() {
        return document;
    }
    let row = |found: &GoalFinding| {
        let shown = |value: u64| match found.goal {
            Goal::StartP99 => match milliseconds(value) {
                Cell::Text(text) => Cell::Text(format!("{text} ms")),
                other => other,
            },
            Goal::Size | Goal::Text | Goal::Unwind => Cell::Text(format!("{} B", grouped(value))),
        };
        let goal = match found.goal {
            Goal::Size => "size",
            Goal::Text => "text",
            Goal::Unwind => "unwind tables",
            Goal::StartP99 => "start, p99",
        };
        vec![
            Cell::Name(found.program.clone()),
            Cell::Text(goal.to_owned()),
            shown(found.measured),
            shown(found.wanted),
            Cell::Text(if found.reached { "yes" } else { "no" }.to_owned()),
        ]
    };
    document
        .heading("goals")
        .table(
            &["program", "goal", ">measured", ">wanted", "reached"],
            goals.iter().map(row).collect(),
        )
        .paragraph("Nothing fails by a goal.")
}

fn start(document: Document, report: &NativeReport) -> Document {
    let Some(floor) = report.floor else {
        return document;
    };
    let row = |name: Cell, spread: Spread, instructions: Option<u64>| {
        let mut row = vec![name];
        row.extend([spread.p50_ns, spread.p90_ns, spread.p99_ns].map(milliseconds));
        row.push(instructions.map_or_else(none, Cell::Count));
        row
    };
    let mut rows = vec![row(Cell::Text("(nothing)".to_owned()), floor, None)];
    let runs = report.programs.iter().filter_map(|program| {
        let runs = program.runs.as_ref()?;
        let name = Cell::Name(program.name.clone());
        Some(row(name, runs.start, runs.start_instructions))
    });
    rows.extend(runs);
    let starts = report
        .programs
        .iter()
        .find_map(|program| program.runs.as_ref());
    let starts = starts.map_or(0, |runs| runs.starts);
    document
        .heading("start")
        .table(&["program", ">p50", ">p90", ">p99", ">instructions"], rows)
        .paragraph(format!(
            "{} processes each, from the start to the end, in ms; (nothing) is a program that does nothing.{}",
            grouped(starts),
            times_of(report)
        ))
}

fn work(document: Document, report: &NativeReport) -> Document {
    let works = || {
        let programs = report.programs.iter();
        programs.filter_map(|program| Some((program, program.runs.as_ref()?.work.as_ref()?)))
    };
    let Some((_, first)) = works().next() else {
        return document;
    };
    let rows = works().map(|(program, work)| {
        let rate = |rate: u64| Cell::Text(format!("{}.{}", rate / 1_000_000, rate / 100_000 % 10));
        vec![
            Cell::Name(program.name.clone()),
            milliseconds(work.time.p50_ns),
            ratio(work.time.p50_ns, Some(first.time.p50_ns)),
            work.bytes_per_second().map_or_else(none, rate),
            work.instructions.map_or_else(none, Cell::Count),
            match (work.instructions, first.instructions) {
                (Some(count), first) => ratio(count, first),
                _ => none(),
            },
        ]
    });
    document
        .heading("work")
        .table(
            &[
                "program",
                ">p50",
                ">ratio",
                ">MB/s",
                ">instructions",
                ">ratio",
            ],
            rows.collect(),
        )
        .paragraph(format!(
            "{} inputs of {} B together, each read by a process of its own, {} times; p50 in ms.{}",
            first.inputs,
            grouped(first.input_bytes),
            first.repetitions,
            times_of(report)
        ))
}

fn builds(document: Document, report: &NativeReport) -> Document {
    let Some(builds) = &report.builds else {
        return document;
    };
    let seconds = |ms: u64| Cell::Text(format!("{}.{}", ms / 1_000, ms / 100 % 10));
    let row = |(name, build): (&String, &Build)| {
        let before = build.before.as_ref();
        vec![
            Cell::Name(name.clone()),
            seconds(build.now.wall_ms),
            seconds(build.now.cpu_ms),
            build
                .now
                .peak_kib
                .map_or_else(none, |kib| Cell::Count(kib / 1024)),
            before.map_or_else(none, |before| seconds(before.cpu_ms)),
            before.map_or_else(none, |before| ratio(build.now.cpu_ms, Some(before.cpu_ms))),
        ]
    };
    document
        .heading("builds")
        .table(
            &[
                "build",
                ">wall, s",
                ">CPU, s",
                ">peak, MiB",
                ">CPU before, s",
                ">ratio",
            ],
            builds.builds.iter().map(row).collect(),
        )
        .paragraph(format!(
            "Of {}, one after the other; before is {}, in the same run. Times of {}.",
            builds.commit, builds.before, builds.machine
        ))
}

fn limits(document: Document, limits: &[NativeFinding]) -> Document {
    if limits.is_empty() {
        return document;
    }
    let rows = limits.iter().map(|limit| {
        let finding = &limit.finding;
        vec![
            Cell::Name(limit.program.clone()),
            Cell::Text(finding.name.to_string()),
            Cell::Text(amount(finding.unit, finding.measured)),
            Cell::Text(amount(finding.unit, finding.limit)),
            Cell::Verdict(finding.holds),
        ]
    });
    document.heading("limits").table(
        &["program", "limit", ">measured", ">allowed", "verdict"],
        rows.collect(),
    )
}

/// What does not hold, whatever tables are shown.
fn judged(mut document: Document, verdict: &NativeVerdict) -> Document {
    for limit in verdict.limits.iter().filter(|limit| !limit.finding.holds) {
        document = document.paragraph(format!("{}: {}", limit.program, sentence(&limit.finding)));
    }
    let first = verdict.report.programs.first();
    let first = first.map_or("", |program| &program.name);
    for program in &verdict.answers_otherwise {
        document = document.paragraph(format!("FAILS: {program} does not answer as {first} does"));
    }
    document
}

/// Of what times are, and of which programs they are not.
fn times_of(report: &NativeReport) -> String {
    let machine = report.machine.as_deref().unwrap_or("this machine");
    let outdated = match report.outdated.as_slice() {
        [] => String::new(),
        names => format!(" Those of an earlier build: {}.", names.join(", ")),
    };
    format!(" Times of {machine}.{outdated}")
}

/// To three decimals, or `-` where there is nothing to compare with.
fn ratio(value: u64, reference: Option<u64>) -> Cell {
    match reference {
        Some(reference) if reference > 0 => {
            Cell::Text(format!("{:.3}", value as f64 / reference as f64))
        }
        _ => none(),
    }
}

fn none() -> Cell {
    Cell::Text("-".to_owned())
}
