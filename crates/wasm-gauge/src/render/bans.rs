//! What was found of what must not be there.

use super::{Cell, Document, Show};
use crate::judge::BanVerdict;

impl Show for BanVerdict {
    fn document(&self) -> Document {
        let rows: Vec<Vec<Cell>> = self
            .found
            .iter()
            .map(|found| {
                vec![
                    Cell::Text(found.list.to_owned()),
                    Cell::Name(found.ban.clone()),
                    Cell::Name(found.found.clone()),
                    found
                        .bytes
                        .map_or_else(|| Cell::Text("-".to_owned()), Cell::Count),
                ]
            })
            .collect();
        let count = rows.len();
        let document = Document::default().heading(self.file.clone());
        let document = if rows.is_empty() {
            document
        } else {
            document.table(&["list", "ban", "found", ">bytes"], rows)
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
