//! What workloads came to on variants.

use super::{Cell, Document, Show};
use crate::measure::bench::{Bench, Outcome, Times, VariantOutcome};
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
const INSTRUCTIONS: [&str; 2] = [">instructions", ">instruction ratio"];
const TIMES: [&str; 2] = [">ns median", ">ns p95"];
/// The titles over [`ratio`].
pub(super) const RATIO: [&str; 2] = [">time ratio", "95 % interval"];

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

fn table(document: Document, outcome: &Outcome, reference: &str) -> Document {
    let timed = outcome.variants.iter().any(|row| row.times.is_some());
    let counted = outcome
        .variants
        .iter()
        .any(|row| row.instructions.is_some());
    let mut titles = FIGURES.to_vec();
    if counted {
        titles.extend(INSTRUCTIONS);
    }
    if timed {
        titles.extend(TIMES.iter().chain(&RATIO));
    }
    let rows = outcome
        .variants
        .iter()
        .map(|row| {
            let reference = outcome.on(reference);
            let mut cells = figures(row, reference);
            if counted {
                cells.push(row.instructions.map_or_else(none, Cell::Count));
                let instructions = |row: &VariantOutcome| row.instructions;
                cells.push(quotient(row.instructions, reference.and_then(instructions)));
            }
            if timed {
                cells.extend(times(row.times.as_ref()));
                cells.extend(ratio(row.times.as_ref()));
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

/// What stands where nothing is known.
pub(super) fn none() -> Cell {
    Cell::Text("-".to_owned())
}

fn figures(row: &VariantOutcome, reference: Option<&VariantOutcome>) -> Vec<Cell> {
    let figures = &row.figures;
    let of_reference = reference.map(|row| row.figures.fuel);
    vec![
        Cell::Name(row.variant.clone()),
        Cell::Count(figures.fuel),
        quotient(Some(figures.fuel), of_reference),
        Cell::Count(figures.pages),
        figures.peak_live_bytes.map_or_else(none, |bytes| {
            Cell::Text(format!("{:.1}", bytes as f64 / 1024.0))
        }),
        waste(figures.waste_basis_points),
        figures.unreturned_bytes.map_or_else(none, Cell::Change),
    ]
}

/// `own` over what the reference has, where both are known.
pub(super) fn quotient(own: Option<u64>, reference: Option<u64>) -> Cell {
    let reference = reference.filter(|reference| *reference > 0);
    own.zip(reference).map_or_else(none, |(own, reference)| {
        let ratio = own as f64 / reference as f64;
        Cell::Text(format!("{ratio:.3}"))
    })
}

/// Waste from basis points.
pub(super) fn waste(basis_points: Option<u64>) -> Cell {
    basis_points.map_or_else(none, |points| {
        Cell::Text(percent_text(i64::try_from(points).unwrap_or(i64::MAX)))
    })
}

fn times(times: Option<&Times>) -> [Cell; 2] {
    times.map_or_else(
        || [none(), none()],
        |times| [times.p50_ns, times.p95_ns].map(Cell::Count),
    )
}

/// Time over that of the reference, and its interval.
pub(super) fn ratio(times: Option<&Times>) -> [Cell; 2] {
    let Some(ratio) = times.and_then(|times| times.ratio.as_ref()) else {
        return [none(), none()];
    };
    let tie = if ratio.tie { ", tie" } else { "" };
    [
        format!("{:.3}", ratio.median),
        format!("{:.3} to {:.3}{tie}", ratio.low, ratio.high),
    ]
    .map(Cell::Text)
}
