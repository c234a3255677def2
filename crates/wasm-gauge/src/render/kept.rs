//! Whether custom sections arrived in what ships.

use super::document::Rows;
use super::{Cell, Document, Show};
use crate::judge::{Kept, KeptOutcome};
use crate::measure::CustomSections;

impl Show for Kept {
    fn document(&self) -> Document {
        let document = Document::default().heading(self.file.clone());
        if self.sections.is_empty() {
            return document.paragraph("The policy keeps no section: [sections] has no keep.");
        }
        let bytes = |sections: &Option<CustomSections>| {
            Cell::of(sections.as_ref(), |sections| Cell::Count(sections.bytes))
        };
        document.table(
            Rows::of(&self.sections)
                .text("section", |section| Cell::Name(section.name.clone()))
                .number("built", |section| bytes(&section.built))
                .number("arrived", |section| bytes(&section.arrived))
                .text("outcome", |section| {
                    let said = match section.outcome {
                        KeptOutcome::Arrived => "arrived, byte for byte",
                        KeptOutcome::NotBuilt => {
                            "FAILS: the core module has none. Is the static of this #[link_section] also #[used]?"
                        }
                        KeptOutcome::Lost => "FAILS: it is gone",
                        KeptOutcome::Differs => "FAILS: it is another one",
                    };
                    Cell::Text(said.to_owned())
                }),
        )
    }
}
