//! Why something is in a binary.

use super::{Cell, Document, Show};
use crate::measure::{Paths, Reason, Way};
use crate::units::grouped;

/// Paths of which people get some.
#[derive(Debug)]
pub struct TopPaths {
    /// All of them: programs get this.
    pub paths: Paths,
    /// How many people get.
    pub top: usize,
}

impl serde::Serialize for TopPaths {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.paths.serialize(serializer)
    }
}

impl Show for TopPaths {
    fn document(&self) -> Document {
        let ways = &self.paths.ways;
        let shown = &ways[..self.top.min(ways.len())];
        let document = Document::default().heading(self.paths.file.clone()).table(
            &["way", "crate", ">bytes"],
            shown.iter().flat_map(rows).collect(),
        );
        match ways.len() - shown.len() {
            0 => document,
            more => document.paragraph(format!(
                "{} more items have such names.",
                grouped(more as u64)
            )),
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
