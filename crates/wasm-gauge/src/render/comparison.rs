//! The tables of all variants.

use super::bench::{RATIO, fuel_ratio, none, ratio, waste};
use super::sizes::{TITLES, cells};
use super::{Cell, Document, Show};
use crate::judge::ComparisonVerdict;
use crate::measure::bench::{self, Outcome};
use crate::measure::{Comparison, Row, tool_list};

impl Show for ComparisonVerdict {
    fn document(&self) -> Document {
        let document = workloads(sizes(&self.comparison), &self.comparison);
        match &self.decision {
            Some(decision) => decision.add_to(document),
            None => document,
        }
    }
}

fn sizes(comparison: &Comparison) -> Document {
    let mut titles = vec!["variant", ">raw", ">optimized", ">difference"];
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
    Document::default().table(&titles, rows).paragraph(format!(
        "Sizes in bytes, made and measured with {}. All but raw are of the optimized binary{reference}.{allocator}",
        tool_list(&comparison.tools)
    ))
}

fn size_cells(row: &Row) -> Vec<Cell> {
    let raw = row.products.component.as_ref();
    vec![
        Cell::Name(row.variant.clone()),
        raw.map_or_else(none, |sizes| Cell::Count(sizes.raw_bytes)),
        Cell::Count(row.products.optimized.raw_bytes),
        row.difference_bytes.map_or_else(none, Cell::Change),
    ]
}

/// One table of all workloads, each named where it begins.
fn workloads(document: Document, comparison: &Comparison) -> Document {
    let Some(reference) = &comparison.reference else {
        return document;
    };
    let all = || comparison.workloads.iter().flat_map(|o| &o.variants);
    let timed = all().any(|row| row.times.is_some());
    let mut titles = vec!["workload", "variant", ">fuel ratio"];
    if timed {
        titles.extend(RATIO);
    }
    titles.extend([">pages", ">waste"]);
    let rows = comparison.workloads.iter().flat_map(|outcome| {
        let names = [outcome.workload.clone()].into_iter();
        let names = names.chain(std::iter::repeat(String::new()));
        let rows = outcome.variants.iter().zip(names);
        rows.map(move |(row, workload)| workload_cells(outcome, row, workload, reference, timed))
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
            "Ratios are to {reference}; pages of 64 KiB are those at the end, which is the most there were; waste is what the heap has beyond the most bytes that were live.{times}"
        ))
}

fn workload_cells(
    outcome: &Outcome,
    row: &bench::Row,
    workload: String,
    reference: &str,
    timed: bool,
) -> Vec<Cell> {
    let mut cells = vec![
        Cell::Text(workload),
        Cell::Name(row.variant.clone()),
        fuel_ratio(outcome, row, reference),
    ];
    if timed {
        cells.extend(ratio(row.times.as_ref()));
    }
    cells.extend([Cell::Count(row.figures.pages), waste(row)]);
    cells
}
