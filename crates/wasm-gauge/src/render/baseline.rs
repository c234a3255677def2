//! What was held against the budget and the record.

use super::{Cell, Document, Show};
use crate::judge::{BaselineVerdict, Change, Grade, Grown, Growth};
use crate::measure::Contents;
use crate::record::report::tool_list;

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
        if !self.compared {
            let verdict = if self.strict { "FAILS: " } else { "" };
            return document.paragraph(format!(
                "{verdict}not compared: no baseline for {tools}; `wasm-gauge baseline update` records one"
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
