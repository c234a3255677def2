//! The sections of a file.

use super::{Cell, Document, Show, unit_heading};
use crate::measure::Sections;

impl Show for Sections {
    fn document(&self) -> Document {
        self.units
            .iter()
            .fold(Document::default(), |document, unit| {
                let rows = unit
                    .sections
                    .iter()
                    .map(|section| {
                        vec![
                            Cell::Text(section.section.to_owned()),
                            Cell::Count(section.offset),
                            Cell::Count(section.bytes),
                            Cell::Name(section.name.clone().unwrap_or_default()),
                        ]
                    })
                    .collect();
                document
                    .heading(unit_heading(&self.file, unit.kind, unit.offset))
                    .table(&["section", ">offset", ">bytes", "name"], rows)
            })
    }
}
