//! Why something is in a binary.

use super::document::Rows;
use super::{Cell, Document, Show};
use crate::measure::{Paths, Reason, Way};
use crate::units::grouped;

impl Show for Paths {
    fn document(&self) -> Document {
        let steps = self.ways.iter().flat_map(|way| {
            let reason = [(0, None)].into_iter();
            let steps = reason.chain((1..).zip(way.steps.iter().map(Some)));
            steps.map(move |(level, step)| (way, level, step))
        });
        let document = Document::default().heading(self.file.clone()).table(
            Rows::of(steps)
                .text("way", |(way, level, step)| match step {
                    Some(step) => Cell::Name(format!("{}{}", "· ".repeat(*level), step.name)),
                    None => reason(way),
                })
                .text("crate", |(_, _, step)| {
                    Cell::of(step.and_then(|step| step.owner.clone()), Cell::Name)
                })
                .number("bytes", |(_, _, step)| {
                    Cell::of(*step, |step| match step.bytes {
                        Some(bytes) => Cell::Count(bytes),
                        None => Cell::Text("imported".to_owned()),
                    })
                }),
        );
        match self.more {
            0 => document,
            more => document.paragraph(format!("{} more items have such names.", grouped(more))),
        }
    }
}

/// Why the first step is needed; below it stands each step under the one that refers to it.
fn reason(way: &Way) -> Cell {
    match (way.reason, &way.export) {
        (Reason::Export, Some(name)) => Cell::Name(format!("export {name}")),
        (Reason::Export, None) => Cell::Text("export".to_owned()),
        (Reason::Start, _) => Cell::Text("start function".to_owned()),
        (Reason::Instantiation, _) => Cell::Text("instantiation".to_owned()),
        (Reason::Garbage, _) => Cell::Text("nothing".to_owned()),
    }
}
