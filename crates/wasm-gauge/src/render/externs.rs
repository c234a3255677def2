//! The imports or exports of a file.

use super::{Cell, Document, Show, unit_heading};
use crate::binary::Kind;
use crate::measure::Externs;
use crate::measure::externs::{Direction, Extern};

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
                let (module, name, ty): (Column, Column, Column) = (
                    |item| Cell::Name(item.module.clone().unwrap_or_default()),
                    |item| Cell::Name(item.name.clone()),
                    |item| Cell::Name(item.ty.clone().unwrap_or_default()),
                );
                let kind: Column = |item| Cell::Text(item.kind.to_owned());
                let columns: &[(&'static str, Column)] = match (unit.kind, self.direction) {
                    (Kind::Component, _) => &[("instance", module), ("name", name), ("kind", kind)],
                    (Kind::CoreModule, Direction::Imports) => &[
                        ("module", module),
                        ("name", name),
                        ("kind", kind),
                        ("type", ty),
                    ],
                    (Kind::CoreModule, Direction::Exports) => {
                        &[("name", name), ("kind", kind), ("type", ty)]
                    }
                };
                let titles: Vec<_> = columns.iter().map(|(title, _)| *title).collect();
                let rows = unit
                    .externs
                    .iter()
                    .map(|item| columns.iter().map(|(_, cell)| cell(item)).collect())
                    .collect();
                document.table(&titles, rows)
            })
    }
}

/// What stands in a column.
type Column = fn(&Extern) -> Cell;
