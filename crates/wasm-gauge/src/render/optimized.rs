//! What optimising a file did to its size.

use super::{Cell, Document, Show};
use crate::optimize::{Bytes, Goal, Optimized, OptimizedModule, STRIPS};
use crate::units::grouped;

impl Show for Optimized {
    fn document(&self) -> Document {
        let compressed = self.goal != Goal::Raw;
        let row = |what: &str, offset, before: Bytes, after: Bytes, remark: String| {
            let mut cells = vec![Cell::Text(what.to_owned()), Cell::Count(offset)];
            cells.extend(sizes(before.raw, after.raw));
            if compressed {
                cells.extend(sizes(before.shipped, after.shipped));
            }
            cells.push(Cell::Text(remark));
            cells
        };
        // Where the component is encoded anew, its other modules are.
        let modules = || {
            let of_file = self.around.as_ref().map_or(self.modules.len(), |_| 1);
            let around = self.around.iter().flat_map(|around| &around.modules[1..]);
            self.modules[..of_file].iter().chain(around)
        };
        let rows = modules().map(|module| {
            let (before, after) = (module.before, module.after);
            row("core module", module.offset, before, after, remark(module))
        });
        let total = row("whole file", 0, self.before, self.after, String::new());
        let mut columns = vec!["what", ">offset", ">before", ">after", ">change"];
        let mut tries = vec!["tried", ">offset", ">after"];
        match self.goal {
            Goal::Raw => {}
            Goal::Gzip => {
                columns.extend([">gzip before", ">gzip after", ">change"]);
                tries.push(">gzip");
            }
            Goal::Brotli => {
                columns.extend([">brotli before", ">brotli after", ">change"]);
                tries.push(">brotli");
            }
        }
        columns.push("remark");
        tries.push("remark");
        let tried = modules().flat_map(|module| tried(module, self.goal));
        let document = Document::default()
            .heading(self.file.clone())
            .table(&columns, rows.chain([total]).collect())
            .table(&tries, tried.collect())
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

fn sizes(before: u64, after: u64) -> [Cell; 3] {
    let change = after.cast_signed() - before.cast_signed();
    [
        Cell::Count(before),
        Cell::Count(after),
        Cell::Change(change),
    ]
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

/// What was tried on a module.
fn tried(module: &OptimizedModule, goal: Goal) -> impl Iterator<Item = Vec<Cell>> {
    module.tried.iter().map(move |tried| {
        let options = tried.options.strip_suffix(&STRIPS.map(str::to_owned));
        let options = options.unwrap_or(&tried.options).join(" ");
        let is_best = module.options.as_ref() == Some(&tried.options);
        let count = |count: Option<u64>| count.map_or(Cell::Text(String::new()), Cell::Count);
        let mut cells = vec![Cell::Text(options), Cell::Count(module.offset)];
        cells.push(count(tried.made.map(|made| made.raw)));
        if goal != Goal::Raw {
            cells.push(count(tried.made.map(|made| made.shipped)));
        }
        cells.push(Cell::Text(match &tried.dropped {
            Some(reason) => format!("dropped: {reason}"),
            None if is_best => "taken".to_owned(),
            None => String::new(),
        }));
        cells
    })
}
