//! What was judged of a file.

use super::{Cell, Document, Show};
use crate::judge::{Heaviest, Verdict};

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
        let document = self
            .findings
            .iter()
            .filter(|finding| !finding.holds)
            .fold(document, |document, finding| {
                document.paragraph(finding.sentence.clone())
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

impl Heaviest {
    fn add_to(&self, document: Document) -> Document {
        let crates = self.crates.iter().map(|share| {
            vec![
                Cell::Name(share.name.clone()),
                Cell::Count(share.items),
                Cell::Count(share.bytes),
            ]
        });
        let document = document
            .heading("heaviest crates")
            .table(&["crate", ">items", ">bytes"], crates.collect());
        if self.functions.is_empty() {
            return document;
        }
        let functions = self.functions.iter().map(|item| {
            vec![
                Cell::Name(item.name.clone()),
                Cell::Name(item.owner.clone().unwrap_or_default()),
                Cell::Count(item.bytes),
            ]
        });
        document
            .heading("heaviest functions")
            .table(&["function", "crate", ">bytes"], functions.collect())
    }
}
