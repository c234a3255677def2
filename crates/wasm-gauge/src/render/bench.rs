//! What workloads came to on variants.

use super::{Cell, Document, Show};
use crate::judge::BenchVerdict;
use crate::measure::bench::{Outcome, Row, Times};
use crate::units::{grouped, percent_text};

const FIGURES: [&str; 7] = [
    "variant",
    ">fuel",
    ">fuel ratio",
    ">pages",
    ">peak live KiB",
    ">waste",
    ">never returned",
];
const TIMES: [&str; 4] = [">ns median", ">ns p95", ">time ratio", "95 % interval"];

impl Show for BenchVerdict {
    fn document(&self) -> Document {
        let document = self
            .workloads
            .iter()
            .fold(Document::default(), |document, outcome| {
                table(document, outcome, &self.reference)
            });
        if !self.holds {
            return self.differences.iter().fold(document, |document, found| {
                document.paragraph(format!("FAILS: {}", found.sentence))
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

fn table(document: Document, outcome: &Outcome, reference: &str) -> Document {
    let timed = outcome.variants.iter().any(|row| row.times.is_some());
    let titles = match timed {
        true => [&FIGURES[..], &TIMES].concat(),
        false => FIGURES.to_vec(),
    };
    let reference = outcome.variants.iter().find(|row| row.variant == reference);
    let fuel = reference.map(|row| row.figures.fuel);
    let rows = outcome
        .variants
        .iter()
        .map(|row| {
            let mut cells = figures(row, fuel);
            if timed {
                cells.extend(times(row.times.as_ref()));
            }
            cells
        })
        .collect();
    document
        .heading(format!(
            "{}: {} calls after {} of setup",
            outcome.workload,
            grouped(outcome.calls),
            grouped(outcome.setup_calls)
        ))
        .table(&titles, rows)
}

fn none() -> Cell {
    Cell::Text("-".to_owned())
}

fn figures(row: &Row, reference_fuel: Option<u64>) -> Vec<Cell> {
    let figures = &row.figures;
    let fuel_ratio = reference_fuel
        .filter(|reference| *reference > 0)
        .map(|reference| format!("{:.3}", figures.fuel as f64 / reference as f64));
    vec![
        Cell::Name(row.variant.clone()),
        Cell::Count(figures.fuel),
        fuel_ratio.map_or_else(none, Cell::Text),
        Cell::Count(figures.pages),
        figures.peak_live_bytes.map_or_else(none, |bytes| {
            Cell::Text(format!("{:.1}", bytes as f64 / 1024.0))
        }),
        figures.waste_basis_points.map_or_else(none, |points| {
            Cell::Text(percent_text(i64::try_from(points).unwrap_or(i64::MAX)))
        }),
        figures.unreturned_bytes.map_or_else(none, Cell::Change),
    ]
}

fn times(times: Option<&Times>) -> Vec<Cell> {
    let Some(times) = times else {
        return vec![none(), none(), none(), none()];
    };
    let (median, interval) = match &times.ratio {
        Some(ratio) => {
            let tie = if ratio.tie { ", tie" } else { "" };
            (
                Cell::Text(format!("{:.3}", ratio.median)),
                Cell::Text(format!("{:.3} to {:.3}{tie}", ratio.low, ratio.high)),
            )
        }
        None => (none(), none()),
    };
    vec![
        Cell::Count(times.p50_ns),
        Cell::Count(times.p95_ns),
        median,
        interval,
    ]
}
