//! Two binaries, section by section.

use super::document::Rows;
use super::{Cell, Document, Show};
use crate::judge::{ComparedSection, SameOutcome, Sameness};
use crate::units::grouped;

impl Show for Sameness {
    fn document(&self) -> Document {
        let document = Document::default().heading(format!("{} and {}", self.first, self.second));
        let document = match self.sections.is_empty() {
            true => document,
            false => document.table(
                Rows::of(&self.sections)
                    .text("in", |section| Cell::Text(section.pair.unit.clone()))
                    .text("section", |section| {
                        Cell::Name(section.pair.section.clone())
                    })
                    .number("first", |section| {
                        Cell::of(section.pair.first_bytes, Cell::Count)
                    })
                    .number("second", |section| {
                        Cell::of(section.pair.second_bytes, Cell::Count)
                    })
                    .text("outcome", |section| Cell::Text(outcome(section))),
            ),
        };
        let other = |outcome| {
            self.sections
                .iter()
                .filter(|section| section.outcome == outcome)
                .count()
        };
        document.paragraph(match &self.other_units {
            Some(other) => format!(
                "FAILS: they are not made of the same core modules and components: {} and {}",
                other.first.join(", "),
                other.second.join(", ")
            ),
            None if self.identical => "The files are the same, byte for byte.".to_owned(),
            None if self.holds => format!(
                "The same code: sections that differ are metadata ({}) or passed over ({}).",
                other(SameOutcome::Metadata),
                other(SameOutcome::Ignored)
            ),
            None => format!(
                "FAILS: not the same code: {} sections differ",
                other(SameOutcome::Differs)
            ),
        })
    }
}

fn outcome(section: &ComparedSection) -> String {
    match (section.outcome, section.pair.differs_at) {
        (SameOutcome::Same, _) => "same".to_owned(),
        (SameOutcome::Metadata, _) => "differs, and is metadata".to_owned(),
        (SameOutcome::Ignored, _) => "differs, and is passed over".to_owned(),
        (SameOutcome::Differs, Some(at)) => format!("DIFFERS from byte {} on", grouped(at)),
        (SameOutcome::Differs, None) => "DIFFERS: one has none".to_owned(),
    }
}
