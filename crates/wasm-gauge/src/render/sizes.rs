//! The sizes of files.

use super::{Cell, Document, Show};
use crate::measure::{Report, tool_list};

impl Show for Report {
    fn document(&self) -> Document {
        let rows = self
            .files
            .iter()
            .map(|sizes| {
                vec![
                    Cell::Name(sizes.file.clone()),
                    Cell::Text(sizes.kind.to_string()),
                    Cell::Count(sizes.core_modules),
                    Cell::Count(sizes.raw_bytes),
                    Cell::Count(sizes.gzip_bytes),
                    Cell::Count(sizes.brotli_bytes),
                    Cell::Count(sizes.code_bytes),
                    Cell::Count(sizes.data_bytes),
                    Cell::Count(sizes.custom_bytes),
                    Cell::Count(sizes.functions),
                    Cell::Count(sizes.initial_pages),
                    Cell::Name(sizes.sha256[..16].to_owned()),
                ]
            })
            .collect();
        Document::default()
            .table(
                &[
                    "file",
                    "kind",
                    ">modules",
                    ">raw",
                    ">gzip -9",
                    ">brotli 11",
                    ">code",
                    ">data",
                    ">custom",
                    ">functions",
                    ">pages",
                    "sha256",
                ],
                rows,
            )
            .paragraph(format!(
                "Sizes in bytes, measured with {}.",
                tool_list(&self.tools)
            ))
    }
}
