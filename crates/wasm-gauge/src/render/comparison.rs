//! The tables of all variants.

use super::bench::{RATIO, none, quotient, ratio, waste};
use super::sizes::{TITLES, cells};
use super::startup::{milliseconds, way};
use super::{Cell, Document, Show};
use crate::engine::Compiler;
use crate::judge::{Assessment, DecisionWorkloads, StartupAssessment};
use crate::measure::startup::Start;
use crate::record::comparison::{ComparedVariant, Comparison, WorkloadComparison, WorkloadRow};
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
                ComparisonTable::Sizes => sizes(document, comparison),
                ComparisonTable::Workloads => workloads(document, comparison),
                ComparisonTable::Decision => match decision {
                    Some(decision) => decision.add_to(document),
                    None => document,
                },
                ComparisonTable::Startup => match &self.verdict.startup {
                    Some(verdict) => startup(document, verdict, comparison),
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
        (">compile and start, ms", Start::Cold),
        (">load and start, ms", Start::Precompiled),
        (">start, ms", Start::Warm),
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
    let mut titles = vec![
        "variant",
        ">unoptimized",
        ">optimized",
        ">difference",
        ">gzip -9",
        ">allocator",
        ">fuel ratio",
    ];
    if counted {
        titles.push(">instruction ratio");
    }
    if timed {
        titles.extend(RATIO);
    }
    titles.extend([">waste", ">pages"]);
    if started {
        titles.extend(STARTS.map(|(title, _)| title));
    }
    let reference = comparison.reference.as_deref();
    let rows = comparison.rows.iter().filter_map(|row| {
        let ran = throughput.on(&row.variant)?;
        let on = |workload| comparison.workload(workload)?.on(&row.variant);
        let mut shown = size_cells(row);
        shown.extend([
            Cell::Count(row.products.optimized.gzip_bytes),
            row.allocator_bytes.map_or_else(none, Cell::Count),
        ]);
        shown.extend(costs(throughput, ran, reference, counted, timed));
        let wasting = on(&workloads.waste);
        shown.push(waste(
            wasting.and_then(|row| row.figures.waste_basis_points),
        ));
        let reclamation = on(&workloads.reclamation);
        shown.push(reclamation.map_or_else(none, |row| Cell::Count(row.figures.pages)));
        if started {
            shown.extend(STARTS.map(|(_, start)| {
                let startup = row.startup.as_ref();
                let way = startup.and_then(|startup| startup.way(Compiler::Cranelift, start));
                way.map_or_else(none, |way| milliseconds(way.p50_ns))
            }));
        }
        Some(shown)
    });
    let rows = rows.collect();
    let starts = match started {
        true => " Starts are medians with Cranelift, up to the first answer.",
        false => "",
    };
    document.heading("overview").table(&titles, rows).paragraph(format!(
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

fn sizes(document: Document, comparison: &Comparison) -> Document {
    let mut titles = vec!["variant", ">unoptimized", ">optimized", ">difference"];
    let known = (comparison.rows.iter()).any(|row| row.allocator_bytes.is_some());
    if known {
        titles.push(">allocator");
    }
    let rows = comparison.rows.iter().map(|row| {
        let mut shown = size_cells(row);
        if known {
            shown.push(row.allocator_bytes.map_or_else(none, Cell::Count));
        }
        shown.extend(cells(&row.products.optimized));
        shown
    });
    let rows = rows.collect();
    titles.extend(TITLES);
    let reference = match &comparison.default_variant {
        Some(name) => format!("; differences are to {name}"),
        None => String::new(),
    };
    let allocator = match known {
        true => " The allocator's are those of the crate that allocates.",
        false => "",
    };
    document.heading("sizes").table(&titles, rows).paragraph(format!(
        "Sizes in bytes, made and measured with {}. All but unoptimized are of the optimized binary{reference}.{allocator}",
        tool_list(&comparison.tools)
    ))
}

fn size_cells(row: &ComparedVariant) -> Vec<Cell> {
    let unoptimized = row.products.unoptimized.as_ref();
    vec![
        Cell::Name(row.variant.clone()),
        unoptimized.map_or_else(none, |sizes| Cell::Count(sizes.raw_bytes)),
        Cell::Count(row.products.optimized.raw_bytes),
        row.difference_bytes.map_or_else(none, Cell::Change),
    ]
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
    let mut titles = vec!["workload", "variant", ">fuel ratio"];
    if counted {
        titles.push(">instruction ratio");
    }
    if timed {
        titles.extend(RATIO);
    }
    titles.extend([">pages", ">waste"]);
    let rows = comparison.workloads.iter().flat_map(|outcome| {
        let names = [outcome.workload.clone()].into_iter();
        let names = names.chain(std::iter::repeat(String::new()));
        let rows = outcome.variants.iter().zip(names);
        rows.map(move |(row, workload)| {
            let mut cells = vec![Cell::Text(workload), Cell::Name(row.variant.clone())];
            cells.extend(costs(outcome, row, Some(reference), counted, timed));
            cells.push(Cell::Count(row.figures.pages));
            cells.push(waste(row.figures.waste_basis_points));
            cells
        })
    });
    let times = match timed {
        true => {
            " Times are of one machine; a time ratio is a tie where its 95 % interval contains 1."
        }
        false => "",
    };
    document
        .heading("workloads")
        .table(&titles, rows.collect())
        .paragraph(format!(
            "Ratios are to {reference}; pages of 64 KiB are those at the end, which is the most there were; waste is what the heap has beyond the most bytes that were live.{times}{}",
            recorded(comparison)
        ))
}

/// What `row` of a workload costs in proportion to `reference`: fuel, instructions if some were `counted`, and
/// time with its interval if some were `timed`.
fn costs(
    workload: &WorkloadComparison,
    row: &WorkloadRow,
    reference: Option<&str>,
    counted: bool,
    timed: bool,
) -> Vec<Cell> {
    let reference = reference.and_then(|name| workload.on(name));
    let fuel = reference.map(|row| row.figures.fuel);
    let mut cells = vec![quotient(Some(row.figures.fuel), fuel)];
    if counted {
        let instructions = reference.and_then(|row| row.instructions);
        cells.push(quotient(row.instructions, instructions));
    }
    if timed {
        cells.extend(ratio(row.times.as_ref()));
    }
    cells
}

fn startup(document: Document, verdict: &StartupAssessment, comparison: &Comparison) -> Document {
    let rows = verdict.starts.iter().map(|verdict| {
        let start = &verdict.start;
        let mut row = Vec::from(way(start.compiler, start.start));
        row.extend([
            Cell::Count(start.repetitions),
            milliseconds(start.p50_ns),
            milliseconds(start.p90_ns),
            milliseconds(start.p99_ns),
            Cell::Count(start.artifact_bytes),
            Cell::Count(verdict.goal_ms),
            Cell::Text(match verdict.within_percent {
                Some(percent) => format!("{percent} %"),
                None => "fewer than half".to_owned(),
            }),
        ]);
        row
    });
    let until = match &verdict.call {
        Some(call) => format!("the first answer, of `{call}`"),
        None => "an instance".to_owned(),
    };
    document
        .heading("start-up")
        .table(
            &[
                "compiler",
                "start",
                ">times",
                ">p50",
                ">p90",
                ">p99",
                ">machine code",
                ">goal",
                ">within it",
            ],
            rows.collect(),
        )
        .paragraph(format!(
            "{} up to {until}, in ms; machine code in bytes.{}",
            verdict.variant,
            recorded(comparison)
        ))
}
