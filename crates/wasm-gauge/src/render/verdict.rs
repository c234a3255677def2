//! What was judged of a file.

use super::{Cell, Document, Show};
use crate::judge::Verdict;

impl Show for Verdict {
    fn document(&self) -> Document {
        let rows = self
            .findings
            .iter()
            .map(|finding| {
                vec![
                    Cell::Text(finding.name.to_owned()),
                    Cell::Text(finding.unit.text(finding.measured)),
                    Cell::Text(finding.unit.text(finding.limit)),
                    Cell::Verdict(finding.holds),
                ]
            })
            .collect();
        let document = Document::default()
            .heading(self.file.clone())
            .table(&["limit", ">measured", ">allowed", "verdict"], rows);
        self.findings
            .iter()
            .filter(|finding| !finding.holds)
            .fold(document, |document, finding| {
                document.paragraph(finding.sentence.clone())
            })
    }
}
