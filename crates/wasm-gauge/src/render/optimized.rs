//! What optimising a file did to its size.

use super::{Cell, Document, Show};
use crate::optimize::Optimized;
use crate::units::grouped;

impl Show for Optimized {
    fn document(&self) -> Document {
        let modules = self.modules.iter().map(|module| {
            let (after, remark) = if module.is_kept {
                let made = grouped(module.optimized_bytes);
                (
                    module.before_bytes,
                    format!("kept: wasm-opt made {made} bytes of it"),
                )
            } else {
                (module.optimized_bytes, String::new())
            };
            vec![
                Cell::Text("core module".to_owned()),
                Cell::Count(module.offset),
                Cell::Count(module.before_bytes),
                Cell::Count(after),
                change(module.before_bytes, after),
                Cell::Text(remark),
            ]
        });
        let total = vec![
            Cell::Text("whole file".to_owned()),
            Cell::Count(0),
            Cell::Count(self.before_bytes),
            Cell::Count(self.after_bytes),
            change(self.before_bytes, self.after_bytes),
            Cell::Text(String::new()),
        ];
        let document = Document::default()
            .heading(self.file.clone())
            .table(
                &["what", ">offset", ">before", ">after", ">change", "remark"],
                modules.chain([total]).collect(),
            )
            .paragraph(format!(
                "Sizes in bytes; wasm-opt {} {}.",
                self.wasm_opt,
                self.options.join(" ")
            ));
        self.modules.iter().fold(document, |document, module| {
            let offset = grouped(module.offset);
            module.notes.iter().fold(document, |document, note| {
                document.paragraph(format!("Core module at offset {offset}: {note}"))
            })
        })
    }
}

fn change(before: u64, after: u64) -> Cell {
    Cell::Change(after.cast_signed() - before.cast_signed())
}
