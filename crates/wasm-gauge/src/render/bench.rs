//! What workloads came to on variants.

use super::document::Rows;
use super::{Cell, Document, Show};
use crate::measure::bench::{Bench, Ratio, Times, VariantOutcome, WorkloadOutcome};
use crate::units::{grouped, percent_text};

impl Show for Bench {
    fn document(&self) -> Document {
        let document = self
            .workloads
            .iter()
            .fold(Document::default(), |document, outcome| {
                table(document, outcome, &self.reference)
            });
        if !self.holds {
            return self.differences.iter().fold(document, |document, found| {
                document.paragraph(format!("FAILS: {found}"))
            });
        }
        let rows = || self.workloads.iter().flat_map(|outcome| &outcome.variants);
        let times = match rows().find_map(|row| row.times.as_ref()) {
            Some(times) => format!(
                " Times over {} rounds; a time ratio is the median of those within rounds, a tie where its interval contains 1.",
                times.rounds
            ),
            None => String::new(),
        };
        document.paragraph(format!(
            "All variants reply alike. Ratios are to {}.{times}",
            self.reference
        ))
    }
}

fn table(document: Document, outcome: &WorkloadOutcome, reference: &str) -> Document {
    let timed = outcome.variants.iter().any(|row| row.times.is_some());
    let counted = outcome
        .variants
        .iter()
        .any(|row| row.instructions.is_some());
    let reference = outcome.on(reference);
    let time = |row: &VariantOutcome, ns: fn(&Times) -> u64| {
        Cell::of(row.times.as_ref(), |times| Cell::Count(ns(times)))
    };
    let table = Rows::of(&outcome.variants)
        .text("variant", |row| Cell::Name(row.variant.clone()))
        .number("fuel", |row| Cell::Count(row.figures.fuel))
        .number("fuel ratio", |row| {
            let of_reference = reference.map(|row| row.figures.fuel);
            quotient(Some(row.figures.fuel), of_reference)
        })
        .number("pages", |row| Cell::Count(row.figures.pages))
        .number("peak live KiB", |row| {
            Cell::of(row.figures.peak_live_bytes, |bytes| {
                Cell::Text(format!("{:.1}", bytes as f64 / 1024.0))
            })
        })
        .number("waste", |row| waste(row.figures.waste_basis_points))
        .number("never returned", |row| {
            Cell::of(row.figures.unreturned_bytes, Cell::Change)
        })
        .number("instructions", |row| {
            Cell::of(row.instructions, Cell::Count)
        })
        .when(counted)
        .number("instruction ratio", |row| {
            let of_reference = reference.and_then(|row| row.instructions);
            quotient(row.instructions, of_reference)
        })
        .when(counted)
        .number("ns median", |row| time(row, |times| times.p50_ns))
        .when(timed)
        .number("ns p95", |row| time(row, |times| times.p95_ns))
        .when(timed);
    let table = ratio(table, timed, |row| row.times.as_ref());
    document
        .heading(format!(
            "{}: {} calls after {} of setup",
            outcome.workload,
            grouped(outcome.calls),
            grouped(outcome.setup_calls)
        ))
        .table(table)
}

/// `own` over what the reference has, where both are known.
pub(super) fn quotient(own: Option<u64>, reference: Option<u64>) -> Cell {
    let reference = reference.filter(|reference| *reference > 0);
    Cell::of(own.zip(reference), |(own, reference)| {
        let ratio = own as f64 / reference as f64;
        Cell::Text(format!("{ratio:.3}"))
    })
}

/// Waste from basis points.
pub(super) fn waste(basis_points: Option<u64>) -> Cell {
    Cell::of(basis_points, |points| {
        Cell::Text(percent_text(i64::try_from(points).unwrap_or(i64::MAX)))
    })
}

/// Adds the time over that of the reference and its interval, if some were `timed`.
pub(super) fn ratio<'a, 'r, I: IntoIterator>(
    rows: Rows<'a, I>,
    timed: bool,
    times: impl Fn(&I::Item) -> Option<&'r Times> + Copy + 'a,
) -> Rows<'a, I> {
    let shown = move |row: &I::Item, words: fn(&Ratio) -> String| {
        let ratio = times(row).and_then(|times| times.ratio.as_ref());
        Cell::of(ratio, |ratio| Cell::Text(words(ratio)))
    };
    rows.number("time ratio", move |row| {
        shown(row, |ratio| format!("{:.3}", ratio.median))
    })
    .when(timed)
    .text("95 % interval", move |row| {
        shown(row, |ratio| {
            let tie = if ratio.tie { ", tie" } else { "" };
            format!("{:.3} to {:.3}{tie}", ratio.low, ratio.high)
        })
    })
    .when(timed)
}
