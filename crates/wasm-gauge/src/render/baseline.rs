//! What was held against the budget and the record.

use super::{Cell, Document, Show};
use crate::judge::{BaselineVerdict, Change, Drift, Grade, Grown, Growth};
use crate::measure::Contents;
use crate::record::report::{of_backend, tool_list};

impl Show for BaselineVerdict {
    fn document(&self) -> Document {
        let tools = tool_list(&self.tools);
        let budget: Vec<Vec<Cell>> = self
            .budget
            .iter()
            .flat_map(|(variant, findings)| {
                findings.iter().map(|finding| {
                    vec![
                        Cell::Name(variant.clone()),
                        Cell::Text(finding.name.to_owned()),
                        Cell::Text(finding.unit.text(finding.measured)),
                        Cell::Text(finding.unit.text(finding.limit)),
                        Cell::Verdict(finding.holds),
                    ]
                })
            })
            .collect();
        let mut document = Document::default();
        if !budget.is_empty() {
            document = document.heading("budget").table(
                &["variant", "limit", ">measured", ">allowed", "verdict"],
                budget,
            );
        }
        for finding in self
            .budget
            .values()
            .flatten()
            .filter(|finding| !finding.holds)
        {
            document = document.paragraph(finding.sentence.clone());
        }
        let backend = of_backend(self.backend.as_deref());
        if !self.drift.is_empty() {
            let grade = if self.strict { "FAILS" } else { "warning" };
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
        for change in &self.changes {
            document = document.paragraph(line(change, self.strict));
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
    if let Some(reason) = &growth.unknown {
        return document.paragraph(format!("{variant}: what grew is not known: {reason}"));
    }
    let lists = [
        ("crates that grew most", &growth.crates),
        ("functions that grew most", &growth.functions),
    ];
    if lists.iter().all(|(_, list)| list.is_empty()) {
        return document.paragraph(format!(
            "{variant}: no crate grew, and no function of at least {} B",
            Contents::LEAST_BYTES
        ));
    }
    let row = |grown: &Grown| vec![Cell::Text(grown.sentence.clone())];
    lists.into_iter().filter(|(_, list)| !list.is_empty()).fold(
        document.heading(format!("{variant}: what grew in the optimized binary")),
        |document, (title, list)| document.table(&[title], list.iter().map(row).collect()),
    )
}

fn line(change: &Change, strict: bool) -> String {
    let grade = match change.grade {
        Grade::Failure => "FAILS",
        Grade::Warning if strict => "FAILS",
        Grade::Warning => "warning",
        Grade::Note => "note",
    };
    format!("{grade}: {}", change.sentence)
}
