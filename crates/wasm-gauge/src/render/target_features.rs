//! The target features of a file.

use super::document::Rows;
use super::{Cell, Document, Show, unit_heading};
use crate::binary::Kind;
use crate::measure::TargetFeatures;

impl Show for TargetFeatures {
    fn document(&self) -> Document {
        if self.modules.is_empty() {
            return Document::default()
                .heading(self.file.clone())
                .paragraph("It holds no core module.");
        }
        self.modules
            .iter()
            .fold(Document::default(), |document, module| {
                let document =
                    document.heading(unit_heading(&self.file, Kind::CoreModule, module.offset));
                if module.features.is_empty() {
                    return document.paragraph("No features beyond WebAssembly's MVP.");
                }
                document
                    .table(
                        Rows::of(&module.features)
                            .text("target feature", |feature| Cell::Name((*feature).clone())),
                    )
                    .paragraph(format!("Known from: {}.", module.source))
            })
    }
}
