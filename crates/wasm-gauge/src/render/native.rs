//! Native programs side by side.

use std::iter;

use serde::Serialize;

use super::bench::quotient;
use super::document::Rows;
use super::startup::milliseconds;
use super::verdict::{self, sentence};
use super::{Cell, Document, Show};
use crate::judge::{GoalFinding, NativeFinding, NativeGoal, NativeVerdict};
use crate::measure::native::ProgramPart;
use crate::record::native::{NativeProgram, NativeReport};
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
    let title = |part: ProgramPart| match part {
        ProgramPart::Text => "text",
        ProgramPart::Rodata => "rodata",
        ProgramPart::EhFrame => "eh_frame",
        ProgramPart::EhFrameHdr => "eh_frame_hdr",
        ProgramPart::GccExceptTable => "gcc_except_table",
        ProgramPart::RelaDyn => "rela.dyn",
        ProgramPart::DataRelRo => "data.rel.ro",
        ProgramPart::Symbols => "symbols",
        ProgramPart::Debug => "debug",
        ProgramPart::Other => "other",
        ProgramPart::Headers => "headers",
    };
    let programs = || report.programs.iter().map(|program| &program.sizes);
    let first = programs().next();
    let table = Rows::of(&report.programs)
        .text("program", |program| Cell::Name(program.name.clone()))
        .number("bytes", |program| Cell::Count(program.sizes.bytes))
        .number("ratio", |program| {
            quotient(Some(program.sizes.bytes), first.map(|sizes| sizes.bytes))
        })
        .number("gzip -9", |program| Cell::Count(program.sizes.gzip_bytes))
        .number("ratio", |program| {
            let of_first = first.map(|sizes| sizes.gzip_bytes);
            quotient(Some(program.sizes.gzip_bytes), of_first)
        });
    let table = ProgramPart::ALL.into_iter().fold(table, |table, part| {
        table
            .number(title(part), move |program| {
                Cell::Count(program.sizes.part(part))
            })
            .when(programs().any(|sizes| sizes.part(part) > 0))
    });
    let mut of: Vec<&str> = programs()
        .map(|sizes| sizes.architecture.as_str())
        .collect();
    of.dedup();
    document.heading("sizes").table(table).paragraph(format!(
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
    document.table(
        Rows::of(crates)
            .text("crate", |found| Cell::Name(found.name.clone()))
            .number("code", |found| Cell::Count(found.code_bytes))
            .number("data", |found| Cell::Count(found.data_bytes)),
    )
}

fn goals(document: Document, goals: &[GoalFinding]) -> Document {
    if goals.is_empty() {
        return document;
    }
    let shown = |found: &GoalFinding, value: u64| match found.goal {
        NativeGoal::StartP99 => Cell::Text(format!("{} ms", milliseconds(value).text())),
        NativeGoal::Size | NativeGoal::Text | NativeGoal::Unwind => {
            Cell::Text(format!("{} B", grouped(value)))
        }
    };
    document
        .heading("goals")
        .table(
            Rows::of(goals)
                .text("program", |found| Cell::Name(found.program.clone()))
                .text("goal", |found| {
                    let goal = match found.goal {
                        NativeGoal::Size => "size",
                        NativeGoal::Text => "text",
                        NativeGoal::Unwind => "unwind tables",
                        NativeGoal::StartP99 => "start, p99",
                    };
                    Cell::Text(goal.to_owned())
                })
                .number("measured", |found| shown(found, found.measured))
                .number("wanted", |found| shown(found, found.wanted))
                .text("reached", |found| {
                    Cell::Text(if found.reached { "yes" } else { "no" }.to_owned())
                }),
        )
        .paragraph("Nothing fails by a goal.")
}

fn start(document: Document, report: &NativeReport) -> Document {
    let Some(floor) = report.floor else {
        return document;
    };
    let nothing = (Cell::Text("(nothing)".to_owned()), floor, None);
    let runs = report.programs.iter().filter_map(|program| {
        let runs = program.runs.as_ref()?;
        let name = Cell::Name(program.name.clone());
        Some((name, runs.start, runs.start_instructions))
    });
    let starts = report
        .programs
        .iter()
        .find_map(|program| program.runs.as_ref());
    let starts = starts.map_or(0, |runs| runs.starts);
    let table = Rows::of(iter::once(nothing).chain(runs))
        .text("program", |(name, ..)| name.clone())
        .number("p50", |(_, times, _)| milliseconds(times.p50_ns))
        .number("p90", |(_, times, _)| milliseconds(times.p90_ns))
        .number("p99", |(_, times, _)| milliseconds(times.p99_ns))
        .number("instructions", |(_, _, count)| {
            Cell::of(*count, Cell::Count)
        });
    document
        .heading("start")
        .table(table)
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
    let rate = |rate: u64| Cell::Text(format!("{}.{}", rate / 1_000_000, rate / 100_000 % 10));
    document
        .heading("work")
        .table(
            Rows::of(works())
                .text("program", |(program, _)| Cell::Name(program.name.clone()))
                .number("p50", |(_, work)| milliseconds(work.time.p50_ns))
                .number("ratio", |(_, work)| {
                    quotient(Some(work.time.p50_ns), Some(first.time.p50_ns))
                })
                .number("MB/s", |(_, work)| Cell::of(work.bytes_per_second(), rate))
                .number("instructions", |(_, work)| {
                    Cell::of(work.instructions, Cell::Count)
                })
                .number("ratio", |(_, work)| {
                    quotient(work.instructions, first.instructions)
                }),
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
    document
        .heading("builds")
        .table(
            Rows::of(&builds.builds)
                .text("build", |(name, _)| Cell::Name((*name).clone()))
                .number("wall, s", |(_, build)| seconds(build.now.wall_ms))
                .number("CPU, s", |(_, build)| seconds(build.now.cpu_ms))
                .number("peak, MiB", |(_, build)| {
                    Cell::of(build.now.peak_kib, |kib| Cell::Count(kib / 1024))
                })
                .number("CPU before, s", |(_, build)| {
                    Cell::of(build.before.as_ref(), |before| seconds(before.cpu_ms))
                })
                .number("ratio", |(_, build)| {
                    let before = build.before.as_ref();
                    quotient(Some(build.now.cpu_ms), before.map(|before| before.cpu_ms))
                }),
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
    let table = Rows::of(limits).text("program", |limit| Cell::Name(limit.program.clone()));
    let table = verdict::limits(table, |limit| &limit.finding);
    document.heading("limits").table(table)
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
