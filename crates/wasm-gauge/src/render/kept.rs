//! Whether custom sections arrived in what ships.

use super::{Cell, Document, Show};
use crate::judge::{Kept, KeptOutcome};
use crate::measure::CustomSections;

impl Show for Kept {
    fn document(&self) -> Document {
        let document = Document::default().heading(self.file.clone());
        if self.sections.is_empty() {
            return document.paragraph("The policy keeps no section: [sections] has no keep.");
        }
        let bytes = |sections: &Option<CustomSections>| match sections {
            Some(sections) => Cell::Count(sections.bytes),
            None => Cell::Text("-".to_owned()),
        };
        let rows = self.sections.iter().map(|section| {
            let said = match section.outcome {
                KeptOutcome::Arrived => "arrived, byte for byte",
                KeptOutcome::NotBuilt => {
                    "FAILS: the core module has none. Is the static of this #[link_section] also #[used]?"
                }
                KeptOutcome::Lost => "FAILS: it is gone",
                KeptOutcome::Differs => "FAILS: it is another one",
            };
            vec![
                Cell::Name(section.name.clone()),
                bytes(&section.built),
                bytes(&section.arrived),
                Cell::Text(said.to_owned()),
            ]
        });
        document.table(
            &["section", ">built", ">arrived", "outcome"],
            rows.collect(),
        )
    }
}
