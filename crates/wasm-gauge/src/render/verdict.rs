//! What was judged of a file.

use std::cmp::Ordering;

use super::document::Rows;
use super::{Cell, Document, Show};
use crate::judge::{Finding, Heaviest, Quantity, Verdict};
use crate::units::{Size, grouped, percent_text};

impl Show for Verdict {
    fn document(&self) -> Document {
        let document = Document::default()
            .heading(self.file.clone())
            .table(limits(Rows::of(&self.findings), |finding| *finding));
        let document = self
            .findings
            .iter()
            .filter(|finding| !finding.holds)
            .fold(document, |document, finding| {
                document.paragraph(sentence(finding))
            });
        match &self.heaviest {
            _ if self.holds() => document,
            Some(heaviest) => heaviest.add_to(document),
            None => document.paragraph(
                "What weighs most is not known: the file has no names. A twin that has them can be given as --names TWIN.",
            ),
        }
    }
}

/// Adds the columns of limits.
pub(super) fn limits<'a, 'r, I: IntoIterator>(
    rows: Rows<'a, I>,
    of: impl Fn(&I::Item) -> &'r Finding + Copy + 'a,
) -> Rows<'a, I> {
    let shown = move |row: &I::Item, value: fn(&Finding) -> i64| {
        let finding = of(row);
        Cell::Text(amount(finding.unit, value(finding)))
    };
    rows.text("limit", move |row| Cell::Text(of(row).name.to_string()))
        .number("measured", move |row| {
            shown(row, |finding| finding.measured)
        })
        .number("allowed", move |row| shown(row, |finding| finding.limit))
        .text("verdict", move |row| Cell::Verdict(of(row).holds))
}

/// An amount of `unit`: `307,201 B`, `17.50 %`.
fn amount(unit: Quantity, amount: i64) -> String {
    match unit {
        Quantity::Bytes => format!("{} B", grouped(amount.unsigned_abs())),
        Quantity::BasisPoints => percent_text(amount),
    }
}

/// Whether a limit holds, and by how much.
pub(super) fn sentence(finding: &Finding) -> String {
    let Finding {
        name,
        unit,
        measured,
        limit,
        ..
    } = finding;
    match unit {
        Quantity::Bytes => {
            let distance = grouped(measured.abs_diff(*limit));
            let comparison = match measured.cmp(limit) {
                Ordering::Less => format!("{distance} B under"),
                Ordering::Equal => "exactly at".to_owned(),
                Ordering::Greater => format!("{distance} B over"),
            };
            format!(
                "{name} is {}, {comparison} its limit of {} ({})",
                amount(*unit, *measured),
                Size(limit.unsigned_abs()),
                amount(*unit, *limit),
            )
        }
        Quantity::BasisPoints => format!(
            "wasm-opt takes {} off, at least {} is required",
            percent_text(*measured),
            percent_text(*limit)
        ),
    }
}

impl Heaviest {
    fn add_to(&self, document: Document) -> Document {
        let document = document.heading("heaviest crates").table(
            Rows::of(&self.crates)
                .text("crate", |share| Cell::Name(share.name.clone()))
                .number("items", |share| Cell::Count(share.items))
                .number("bytes", |share| Cell::Count(share.bytes)),
        );
        if self.functions.is_empty() {
            return document;
        }
        document.heading("heaviest functions").table(
            Rows::of(&self.functions)
                .text("function", |item| Cell::Name(item.name.clone()))
                .text("crate", |item| Cell::of(item.owner.clone(), Cell::Name))
                .number("bytes", |item| Cell::Count(item.bytes)),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_say_by_how_much() {
        for (name, unit, measured, limit, expected) in [
            (
                "unoptimized",
                Quantity::Bytes,
                320_000,
                358_400,
                "unoptimized is 320,000 B, 38,400 B under its limit of 350 KiB (358,400 B)",
            ),
            (
                "optimized",
                Quantity::Bytes,
                307_201,
                307_200,
                "optimized is 307,201 B, 1 B over its limit of 300 KiB (307,200 B)",
            ),
            (
                "optimized-gzip",
                Quantity::Bytes,
                1_024,
                1_024,
                "optimized-gzip is 1,024 B, exactly at its limit of 1 KiB (1,024 B)",
            ),
            (
                "min-reduction",
                Quantity::BasisPoints,
                399,
                500,
                "wasm-opt takes 3.99 % off, at least 5.00 % is required",
            ),
        ] {
            let finding = Finding {
                name: name.into(),
                unit,
                measured,
                limit,
                holds: false,
            };
            assert_eq!(sentence(&finding), expected);
        }
    }
}
