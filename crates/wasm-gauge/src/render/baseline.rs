//! What was held against the budget and the record.

use super::{Cell, Document, Show};
use crate::judge::{BaselineVerdict, Change, Grade};
use crate::measure::tool_list;

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
        let count = self.budget.len();
        document.paragraph(match self.changes.len() {
            0 => format!("{count} variants are as recorded for {tools}"),
            changes => format!(
                "{changes} changes in {count} variants since the record for {tools}; `wasm-gauge baseline update` accepts them"
            ),
        })
    }
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
