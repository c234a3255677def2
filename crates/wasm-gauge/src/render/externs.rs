//! The imports or exports of a file.

use super::document::Rows;
use super::{Cell, Document, Show, unit_heading};
use crate::binary::Kind;
use crate::measure::Externs;
use crate::measure::externs::Direction;

impl Show for Externs {
    fn document(&self) -> Document {
        self.units
            .iter()
            .fold(Document::default(), |document, unit| {
                let document = document.heading(unit_heading(&self.file, unit.kind, unit.offset));
                if unit.externs.is_empty() {
                    return document.paragraph(match self.direction {
                        Direction::Imports => "It imports nothing.",
                        Direction::Exports => "It exports nothing.",
                    });
                }
                let component = unit.kind == Kind::Component;
                let imports = self.direction == Direction::Imports;
                let name = |name: &Option<String>| Cell::of(name.clone(), Cell::Name);
                document.table(
                    Rows::of(&unit.externs)
                        .text("instance", |item| name(&item.module))
                        .when(component)
                        .text("module", |item| name(&item.module))
                        .when(!component && imports)
                        .text("name", |item| Cell::Name(item.name.clone()))
                        .text("kind", |item| Cell::Text(item.kind.to_owned()))
                        .text("type", |item| name(&item.ty))
                        .when(!component),
                )
            })
    }
}
