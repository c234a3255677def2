//! Two binaries, section by section.

use super::{Cell, Document, Show};
use crate::judge::{SameOutcome, Sameness};
use crate::units::grouped;

impl Show for Sameness {
    fn document(&self) -> Document {
        let bytes =
            |bytes: Option<u64>| bytes.map_or_else(|| Cell::Text("-".to_owned()), Cell::Count);
        let rows: Vec<_> = self
            .sections
            .iter()
            .map(|section| {
                let pair = &section.pair;
                let said = match (section.outcome, pair.differs_at) {
                    (SameOutcome::Same, _) => "same".to_owned(),
                    (SameOutcome::Metadata, _) => "differs, and is metadata".to_owned(),
                    (SameOutcome::Ignored, _) => "differs, and is passed over".to_owned(),
                    (SameOutcome::Differs, Some(at)) => {
                        format!("DIFFERS from byte {} on", grouped(at))
                    }
                    (SameOutcome::Differs, None) => "DIFFERS: one has none".to_owned(),
                };
                vec![
                    Cell::Text(pair.unit.clone()),
                    Cell::Name(pair.section.clone()),
                    bytes(pair.first_bytes),
                    bytes(pair.second_bytes),
                    Cell::Text(said),
                ]
            })
            .collect();
        let document = Document::default().heading(format!("{} and {}", self.first, self.second));
        let document = match rows.is_empty() {
            true => document,
            false => document.table(&["in", "section", ">first", ">second", "outcome"], rows),
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
