//! Why something is in a binary.

use super::{Cell, Document, Show};
use crate::measure::{Paths, Reason, Way};
use crate::units::grouped;

impl Show for Paths {
    fn document(&self) -> Document {
        let document = Document::default().heading(self.file.clone()).table(
            &["way", "crate", ">bytes"],
            self.ways.iter().flat_map(rows).collect(),
        );
        match self.more {
            0 => document,
            more => document.paragraph(format!("{} more items have such names.", grouped(more))),
        }
    }
}

/// Why the first step is needed, and below it each step under the one that refers to it.
fn rows(way: &Way) -> Vec<Vec<Cell>> {
    let reason = match (way.reason, &way.export) {
        (Reason::Export, Some(name)) => Cell::Name(format!("export {name}")),
        (Reason::Export, None) => Cell::Text("export".to_owned()),
        (Reason::Start, _) => Cell::Text("start function".to_owned()),
        (Reason::Instantiation, _) => Cell::Text("instantiation".to_owned()),
        (Reason::Garbage, _) => Cell::Text("nothing".to_owned()),
    };
    let empty = || Cell::Text(String::new());
    let mut rows = vec![vec![reason, empty(), empty()]];
    rows.extend(way.steps.iter().zip(1..).map(|(step, level)| {
        vec![
            Cell::Name(format!("{}{}", "· ".repeat(level), step.name)),
            Cell::Name(step.owner.clone().unwrap_or_default()),
            match step.bytes {
                Some(bytes) => Cell::Count(bytes),
                None => Cell::Text("imported".to_owned()),
            },
        ]
    }));
    rows
}
