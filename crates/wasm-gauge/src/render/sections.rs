//! The sections of a file.

use super::document::Rows;
use super::{Cell, Document, Show, unit_heading};
use crate::measure::Sections;

impl Show for Sections {
    fn document(&self) -> Document {
        self.units
            .iter()
            .fold(Document::default(), |document, unit| {
                document
                    .heading(unit_heading(&self.file, unit.kind, unit.offset))
                    .table(
                        Rows::of(&unit.sections)
                            .text("section", |section| Cell::Text(section.section.to_owned()))
                            .number("offset", |section| Cell::Count(section.offset))
                            .number("bytes", |section| Cell::Count(section.bytes))
                            .text("name", |section| Cell::of(section.name.clone(), Cell::Name)),
                    )
            })
    }
}
