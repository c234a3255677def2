//! The tables of all variants.

use super::bench::{quotient, ratio, waste};
use super::document::Rows;
use super::sizes;
use super::startup::{self, milliseconds};
use super::{Cell, Document, Show};
use crate::engine::Compiler;
use crate::judge::{Assessment, DecisionWorkloads, StartupAssessment};
use crate::measure::startup::Start;
use crate::record::comparison::{ComparedVariant, Comparison, WorkloadRow};
use crate::record::tools::tool_list;

/// A comparison of which people get some tables.
#[derive(Debug)]
pub struct ShownComparison {
    /// All of it: programs get this.
    pub verdict: Assessment,
    /// The tables that people get, in this order, as far as there is something in them.
    pub tables: Vec<ComparisonTable>,
}

/// One way to look at all variants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ComparisonTable {
    /// One row a variant, with what decides between them.
    Overview,
    /// Sizes.
    Sizes,
    /// Every workload on every variant.
    Workloads,
    /// Scores and what they speak for.
    Decision,
    /// Start-up times of the default variant beside the goals.
    Startup,
}

impl serde::Serialize for ShownComparison {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.verdict.serialize(serializer)
    }
}

impl Show for ShownComparison {
    fn document(&self) -> Document {
        let (comparison, decision) = (&self.verdict.comparison, &self.verdict.decision);
        self.tables
            .iter()
            .fold(Document::default(), |document, table| match table {
                ComparisonTable::Overview => match decision {
                    Some(decision) => overview(document, comparison, &decision.workloads),
                    None => document,
                },
                ComparisonTable::Sizes => all_sizes(document, comparison),
                ComparisonTable::Workloads => workloads(document, comparison),
                ComparisonTable::Decision => match decision {
                    Some(decision) => decision.add_to(document),
                    None => document,
                },
                ComparisonTable::Startup => match &self.verdict.startup {
                    Some(verdict) => goals(document, verdict, comparison),
                    None => document,
                },
            })
    }
}

/// What decides between the variants, as far as it was measured, in one table.
fn overview(
    document: Document,
    comparison: &Comparison,
    workloads: &DecisionWorkloads,
) -> Document {
    const STARTS: [(&str, Start); 3] = [
        ("compile and start, ms", Start::Cold),
        ("load and start, ms", Start::Precompiled),
        ("start, ms", Start::Warm),
    ];
    let Some(throughput) = comparison.workload(&workloads.throughput) else {
        return document;
    };
    let known = |figure: fn(&WorkloadRow) -> bool| throughput.variants.iter().any(figure);
    let (counted, timed) = (
        known(|row| row.instructions.is_some()),
        known(|row| row.times.is_some()),
    );
    let started = comparison.rows.iter().any(|row| row.startup.is_some());
    let reference = comparison.reference.as_deref();
    let rows = comparison.rows.iter().filter_map(|variant| {
        let row = throughput.on(&variant.variant)?;
        let reference = reference.and_then(|name| throughput.on(name));
        Some((variant, Ran { row, reference }))
    });
    let on = |variant: &ComparedVariant, workload| {
        let row = comparison.workload(workload)?.on(&variant.variant)?;
        Some(&row.figures)
    };
    let table = before_and_after(Rows::of(rows), |(variant, _)| *variant)
        .number("gzip -9", |(variant, _)| {
            Cell::Count(variant.products.optimized.gzip_bytes)
        })
        .number("allocator", |(variant, _)| {
            Cell::of(variant.allocator_bytes, Cell::Count)
        });
    let table = costs(table, counted, timed, |(_, ran)| *ran)
        .number("waste", |(variant, _)| {
            let figures = on(variant, &workloads.waste);
            waste(figures.and_then(|figures| figures.waste_basis_points))
        })
        .number("pages", |(variant, _)| {
            let figures = on(variant, &workloads.reclamation);
            Cell::of(figures, |figures| Cell::Count(figures.pages))
        });
    let table = STARTS.into_iter().fold(table, |table, (title, start)| {
        table
            .number(title, move |(variant, _)| {
                let startup = variant.startup.as_ref();
                let way = startup.and_then(|startup| startup.way(Compiler::Cranelift, start));
                Cell::of(way, |way| milliseconds(way.p50_ns))
            })
            .when(started)
    });
    let starts = match started {
        true => " Starts are medians with Cranelift, up to the first answer.",
        false => "",
    };
    document.heading("overview").table(table).paragraph(format!(
        "Bytes as made with {}; the allocator's are those of the crate that allocates. Ratios are to {} on {}; waste is on {}, pages are those after {}.{starts}{}",
        tool_list(&comparison.tools),
        reference.unwrap_or_default(),
        workloads.throughput,
        workloads.waste,
        workloads.reclamation,
        recorded(comparison)
    ))
}

/// Where recorded figures are from.
fn recorded(comparison: &Comparison) -> String {
    let machine = match &comparison.machine {
        Some(machine) => format!(" Instructions and times are recorded ones, of {machine}."),
        None => String::new(),
    };
    match comparison.outdated.as_slice() {
        [] => machine,
        names => format!("{machine} Those of an earlier build: {}.", names.join(", ")),
    }
}

fn all_sizes(document: Document, comparison: &Comparison) -> Document {
    let known = (comparison.rows.iter()).any(|row| row.allocator_bytes.is_some());
    let table = before_and_after(Rows::of(&comparison.rows), |row| *row)
        .number("allocator", |row| {
            Cell::of(row.allocator_bytes, Cell::Count)
        })
        .when(known);
    let table = sizes::columns(table, |row| &row.products.optimized);
    let reference = match &comparison.default_variant {
        Some(name) => format!("; differences are to {name}"),
        None => String::new(),
    };
    let allocator = match known {
        true => " The allocator's are those of the crate that allocates.",
        false => "",
    };
    document.heading("sizes").table(table).paragraph(format!(
        "Sizes in bytes, made and measured with {}. All but unoptimized are of the optimized binary{reference}.{allocator}",
        tool_list(&comparison.tools)
    ))
}

fn before_and_after<'a, 'r, I: IntoIterator>(
    rows: Rows<'a, I>,
    of: impl Fn(&I::Item) -> &'r ComparedVariant + Copy + 'a,
) -> Rows<'a, I> {
    rows.text("variant", move |row| Cell::Name(of(row).variant.clone()))
        .number("unoptimized", move |row| {
            let sizes = of(row).products.unoptimized.as_ref();
            Cell::of(sizes, |sizes| Cell::Count(sizes.raw_bytes))
        })
        .number("optimized", move |row| {
            Cell::Count(of(row).products.optimized.raw_bytes)
        })
        .number("difference", move |row| {
            Cell::of(of(row).difference_bytes, Cell::Change)
        })
}

/// One table of all workloads, each named where it begins.
fn workloads(document: Document, comparison: &Comparison) -> Document {
    let Some(reference) = comparison.reference.as_deref() else {
        return document;
    };
    let all = || comparison.workloads.iter().flat_map(|o| &o.variants);
    if all().next().is_none() {
        return document;
    }
    let counted = all().any(|row| row.instructions.is_some());
    let timed = all().any(|row| row.times.is_some());
    let rows = comparison.workloads.iter().flat_map(|workload| {
        let reference = workload.on(reference);
        let rows = workload.variants.iter().enumerate();
        rows.map(move |(index, row)| {
            let name: Option<&str> = (index == 0).then_some(&workload.workload);
            (name, Ran { row, reference })
        })
    });
    let table = Rows::of(rows)
        .text("workload", |(name, _)| {
            Cell::Text(name.unwrap_or_default().to_owned())
        })
        .text("variant", |(_, ran)| Cell::Name(ran.row.variant.clone()));
    let table = costs(table, counted, timed, |(_, ran)| *ran)
        .number("pages", |(_, ran)| Cell::Count(ran.row.figures.pages))
        .number("waste", |(_, ran)| {
            waste(ran.row.figures.waste_basis_points)
        });
    let times = match timed {
        true => {
            " Times are of one machine; a time ratio is a tie where its 95 % interval contains 1."
        }
        false => "",
    };
    document
        .heading("workloads")
        .table(table)
        .paragraph(format!(
            "Ratios are to {reference}; pages of 64 KiB are those at the end, which is the most there were; waste is what the heap has beyond the most bytes that were live.{times}{}",
            recorded(comparison)
        ))
}

/// What one workload came to on a variant, and on the reference.
#[derive(Clone, Copy)]
struct Ran<'c> {
    row: &'c WorkloadRow,
    reference: Option<&'c WorkloadRow>,
}

/// Adds what a workload costs in proportion to the reference: fuel, instructions if some were `counted`, and
/// time with its interval if some were `timed`.
fn costs<'a, 'r, I: IntoIterator>(
    rows: Rows<'a, I>,
    counted: bool,
    timed: bool,
    ran: impl Fn(&I::Item) -> Ran<'r> + Copy + 'a,
) -> Rows<'a, I> {
    let quotient = move |row: &I::Item, figure: fn(&WorkloadRow) -> Option<u64>| {
        let Ran { row, reference } = ran(row);
        quotient(figure(row), reference.and_then(figure))
    };
    let rows = rows
        .number("fuel ratio", move |row| {
            quotient(row, |row| Some(row.figures.fuel))
        })
        .number("instruction ratio", move |row| {
            quotient(row, |row| row.instructions)
        })
        .when(counted);
    ratio(rows, timed, move |row| ran(row).row.times.as_ref())
}

fn goals(document: Document, verdict: &StartupAssessment, comparison: &Comparison) -> Document {
    let until = match &verdict.call {
        Some(call) => format!("the first answer, of `{call}`"),
        None => "an instance".to_owned(),
    };
    document
        .heading("start-up")
        .table(
            Rows::of(&verdict.starts)
                .text("compiler", |way| startup::compiler(way.start.compiler))
                .text("start", |way| startup::start(way.start.start))
                .number("times", |way| Cell::Count(way.start.repetitions))
                .number("p50", |way| milliseconds(way.start.p50_ns))
                .number("p90", |way| milliseconds(way.start.p90_ns))
                .number("p99", |way| milliseconds(way.start.p99_ns))
                .number("machine code", |way| Cell::Count(way.start.artifact_bytes))
                .number("goal", |way| Cell::Count(way.goal_ms))
                .number("within it", |way| {
                    Cell::Text(match way.within_percent {
                        Some(percent) => format!("{percent} %"),
                        None => "fewer than half".to_owned(),
                    })
                }),
        )
        .paragraph(format!(
            "{} up to {until}, in ms; machine code in bytes.{}",
            verdict.variant,
            recorded(comparison)
        ))
}
