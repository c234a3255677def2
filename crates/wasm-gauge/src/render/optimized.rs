//! What optimising a file did to its size.

use super::document::Rows;
use super::{Cell, Document, Show};
use crate::optimize::{Bytes, Goal, Optimized, OptimizedModule, STRIPS};
use crate::units::grouped;

impl Show for Optimized {
    fn document(&self) -> Document {
        // Where the component is encoded anew, its other modules are.
        let modules = || {
            let of_file = self.around.as_ref().map_or(self.modules.len(), |_| 1);
            let around = self.around.iter().flat_map(|around| &around.modules[1..]);
            self.modules[..of_file].iter().chain(around)
        };
        let rows = modules().map(|module| OptimizedRow {
            what: "core module",
            offset: module.offset,
            before: module.before,
            after: module.after,
            remark: remark(module),
        });
        let total = OptimizedRow {
            what: "whole file",
            offset: 0,
            before: self.before,
            after: self.after,
            remark: String::new(),
        };
        let (before, after, shipped) = match self.goal {
            Goal::Raw => ("", "", ""),
            Goal::Gzip => ("gzip before", "gzip after", "gzip"),
            Goal::Brotli => ("brotli before", "brotli after", "brotli"),
        };
        let compressed = self.goal != Goal::Raw;
        let change =
            |before: u64, after: u64| Cell::Change(after.cast_signed() - before.cast_signed());
        let table = Rows::of(rows.chain([total]))
            .text("what", |row| Cell::Text(row.what.to_owned()))
            .number("offset", |row| Cell::Count(row.offset))
            .number("before", |row| Cell::Count(row.before.raw))
            .number("after", |row| Cell::Count(row.after.raw))
            .number("change", |row| change(row.before.raw, row.after.raw))
            .number(before, |row| Cell::Count(row.before.shipped))
            .when(compressed)
            .number(after, |row| Cell::Count(row.after.shipped))
            .when(compressed)
            .number("change", |row| {
                change(row.before.shipped, row.after.shipped)
            })
            .when(compressed)
            .text("remark", |row| Cell::Text(row.remark.clone()));
        let tried = modules().flat_map(|module| {
            let tried = module.tried.iter();
            tried.map(move |tried| (module, tried))
        });
        let tried = Rows::of(tried)
            .text("tried", |(_, tried)| {
                let options = tried.options.strip_suffix(&STRIPS.map(str::to_owned));
                Cell::Text(options.unwrap_or(&tried.options).join(" "))
            })
            .number("offset", |(module, _)| Cell::Count(module.offset))
            .number("after", |(_, tried)| {
                Cell::of(tried.made, |made| Cell::Count(made.raw))
            })
            .number(shipped, |(_, tried)| {
                Cell::of(tried.made, |made| Cell::Count(made.shipped))
            })
            .when(compressed)
            .text("remark", |(module, tried)| {
                Cell::Text(match &tried.dropped {
                    Some(reason) => format!("dropped: {reason}"),
                    None if module.options.as_ref() == Some(&tried.options) => "taken".to_owned(),
                    None => String::new(),
                })
            });
        let document = Document::default()
            .heading(self.file.clone())
            .table(table)
            .table(tried)
            .paragraph(format!(
                "Sizes in bytes; wasm-opt {}. Each list has {} besides, unless it is one of your own.",
                self.wasm_opt,
                STRIPS.join(" ")
            ));
        let around = self.around.iter().map(|around| {
            let dropped = &around.dropped_imports;
            let imports = match dropped[..] {
                [] => String::new(),
                _ => format!("; imported no more: {}", dropped.join(", ")),
            };
            format!("Encoded anew around the first core module{imports}.")
        });
        let document = around.fold(document, Document::paragraph);
        modules().fold(document, |document, module| {
            let offset = grouped(module.offset);
            let early = module.shortens_stack().then(|| {
                "its stack may overflow 1,024 bytes early (--low-memory-unused)".to_owned()
            });
            let notes = module.notes.iter().cloned().chain(early);
            notes.fold(document, |document, note| {
                document.paragraph(format!("Core module at offset {offset}: {note}"))
            })
        })
    }
}

/// A core module, or the whole file.
struct OptimizedRow {
    what: &'static str,
    offset: u64,
    before: Bytes,
    after: Bytes,
    remark: String,
}

/// Why a module stays as it was.
fn remark(module: &OptimizedModule) -> String {
    if module.options.is_some() {
        return String::new();
    }
    let made = module.tried.iter().filter_map(|tried| tried.made);
    match made.map(|made| made.raw).min() {
        None => "kept".to_owned(),
        Some(least) => format!("kept: wasm-opt made {} bytes of it", grouped(least)),
    }
}
