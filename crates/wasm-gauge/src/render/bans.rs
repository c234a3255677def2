//! What was found of what must not be there.

use super::document::Rows;
use super::{Cell, Document, Show};
use crate::judge::BanVerdict;

impl Show for BanVerdict {
    fn document(&self) -> Document {
        let count = self.found.len();
        let document = Document::default().heading(self.file.clone());
        let document = match count {
            0 => document,
            _ => document.table(
                Rows::of(&self.found)
                    .text("list", |found| Cell::Text(found.list.to_owned()))
                    .text("ban", |found| Cell::Name(found.ban.clone()))
                    .text("found", |found| {
                        Cell::Name(match found.needed_by.as_slice() {
                            [] => found.found.clone(),
                            way => format!("{}, by way of {}", found.found, way.join(" > ")),
                        })
                    })
                    .number("bytes", |found| Cell::of(found.bytes, Cell::Count)),
            ),
        };
        document.paragraph(format!(
            "{count} banned things found; looked at {} functions{}, the imports{} and the data",
            self.functions,
            match self.unnamed {
                0 => String::new(),
                unnamed => format!(" (not at {unnamed} without names)"),
            },
            match self.dependencies {
                Some(count) => format!(", {count} dependencies"),
                None => String::new(),
            }
        ))
    }
}
