//! What was held against the budget and the record.

use super::document::Rows;
use super::verdict::{self, sentence};
use super::{Cell, Document, Show};
use crate::judge::{BaselineVerdict, Change, ChangeKind, Drift, Grade, Grown, Growth, Unknown};
use crate::measure::Contents;
use crate::record::tools::{of_backend, tool_list};
use crate::units::grouped;

impl Show for BaselineVerdict {
    fn document(&self) -> Document {
        let tools = tool_list(&self.tools);
        let limits: Vec<_> = (self.budget.iter())
            .flat_map(|(variant, findings)| findings.iter().map(move |finding| (variant, finding)))
            .collect();
        let mut document = Document::default();
        if !limits.is_empty() {
            let table =
                Rows::of(limits).text("variant", |(variant, _)| Cell::Name((*variant).clone()));
            let table = verdict::limits(table, |(_, finding)| *finding);
            document = document.heading("budget").table(table);
        }
        for finding in self
            .budget
            .values()
            .flatten()
            .filter(|finding| !finding.holds)
        {
            document = document.paragraph(sentence(finding));
        }
        let backend = of_backend(self.backend.as_deref());
        let grade = if self.strict { "FAILS" } else { "warning" };
        for change in &self.changes {
            document = document.paragraph(line(change, self.strict));
        }
        if !self.native_drift.is_empty() {
            let drift: Vec<String> = self.native_drift.iter().map(moved).collect();
            document = document.paragraph(format!(
                "{grade}: programs are not compared: the record{backend} is of other tools: {}",
                drift.join(", ")
            ));
        }
        if !self.drift.is_empty() {
            let drift: Vec<String> = self.drift.iter().map(moved).collect();
            return document.paragraph(format!(
                "{grade}: not compared: the record{backend} is of other tools: {}; `wasm-gauge baseline update` records these",
                drift.join(", ")
            ));
        }
        if !self.compared {
            return document.paragraph(format!(
                "not compared: there is no record{backend}, and the budget alone was held; `wasm-gauge baseline update` records {tools}"
            ));
        }
        for growth in &self.growth {
            document = explain(document, growth);
        }
        let count = self.budget.len();
        document.paragraph(match self.changes.len() {
            0 => format!("{count} variants are as recorded for {tools}"),
            changes => format!(
                "{changes} changes in {count} variants since the record for {tools}; `wasm-gauge baseline update` accepts them"
            ),
        })
    }
}

/// `rustc 1.93.1 is now 1.97.1`
fn moved(drift: &Drift) -> String {
    match (&drift.recorded, &drift.measured) {
        (Some(recorded), Some(measured)) => format!("{} {recorded} is now {measured}", drift.tool),
        (Some(recorded), None) => format!("{} {recorded} is gone", drift.tool),
        (None, measured) => format!(
            "{} {} is new",
            drift.tool,
            measured.as_deref().unwrap_or_default()
        ),
    }
}

fn explain(document: Document, growth: &Growth) -> Document {
    let variant = &growth.variant;
    if let Some(unknown) = growth.unknown {
        let reason = match unknown {
            Unknown::NotMeasured => "the measurements hold no names: measure with --names TWIN",
            Unknown::NotRecorded => {
                "the record has no crates and functions: `wasm-gauge baseline update` adds them"
            }
        };
        return document.paragraph(format!("{variant}: what grew is not known: {reason}"));
    }
    let under = Contents::LEAST_BYTES - 1;
    let crates = rows(&growth.crates, |name, bytes| {
        format!("new crate {name}: {bytes} B")
    });
    let functions = rows(&growth.functions, |name, bytes| {
        format!("function {name}: {bytes} B, new or at most {under} B before")
    });
    if crates.is_empty() && functions.is_empty() {
        return document.paragraph(format!(
            "{variant}: no crate grew, and no function of at least {} B",
            Contents::LEAST_BYTES
        ));
    }
    let lists = [
        ("crates that grew most", crates),
        ("functions that grew most", functions),
    ];
    lists.into_iter().filter(|(_, list)| !list.is_empty()).fold(
        document.heading(format!("{variant}: what grew in the optimized binary")),
        |document, (title, list)| {
            document.table(Rows::of(list).text(title, |sentence| Cell::Text(sentence.clone())))
        },
    )
}

/// A row for each that grew; `new` says of what has no record what it is, from its name and bytes.
fn rows(list: &[Grown], new: impl Fn(&str, String) -> String) -> Vec<String> {
    let sentence = |grown: &Grown| match grown.recorded_bytes {
        Some(before) => format!(
            "{}: {} B more than the recorded {} B",
            grown.name,
            grouped(grown.measured_bytes - before),
            grouped(before)
        ),
        None => new(&grown.name, grouped(grown.measured_bytes)),
    };
    list.iter().map(sentence).collect()
}

fn line(change: &Change, strict: bool) -> String {
    let grade = match change.grade {
        Grade::Failure => "FAILS",
        Grade::Warning if strict => "FAILS",
        Grade::Warning => "warning",
        Grade::Note => "note",
    };
    let variant = change.variant.as_deref().unwrap_or("baseline");
    let subject = change.subject.as_deref();
    let about = subject.map_or_else(String::new, |subject| format!("{subject} "));
    format!("{grade}: {variant}: {about}{}", difference(change))
}

/// What of the subject is not as recorded.
fn difference(change: &Change) -> String {
    match change.difference {
        ChangeKind::Figure => {
            let (old, new) = (change.recorded.unwrap_or(0), change.measured.unwrap_or(0));
            let direction = if new > old { "more" } else { "less" };
            let comment = match (change.grade, &change.tolerance) {
                (Grade::Failure, Some(limit)) => {
                    format!("and [baseline] {} is {}", limit.key, limit.value)
                }
                (Grade::Failure, None) => "which is not allowed".to_owned(),
                (Grade::Warning, _) => "which is not recorded yet".to_owned(),
                (Grade::Note, _) => "which is allowed".to_owned(),
            };
            format!(
                "is {}, {} {direction} than the recorded {}, {comment}",
                grouped(new),
                grouped(new.abs_diff(old)),
                grouped(old),
            )
        }
        ChangeKind::Bytes => "has other bytes than recorded, all figures are equal".to_owned(),
        ChangeKind::NotMeasured => "is recorded, but was not measured".to_owned(),
        ChangeKind::NotRecorded => "has no record".to_owned(),
        ChangeKind::Derived => {
            "thresholds, sizes in KiB or times in ms are not those of the policy and the variants"
                .to_owned()
        }
    }
}
