//! The sizes of files.

use super::{Cell, Document, Show};
use crate::measure::Sizes;
use crate::record::measurements::Measurements;
use crate::record::tools::tool_list;

/// The titles over [`cells`].
pub(super) const TITLES: [&str; 7] = [
    ">gzip -9",
    ">brotli 11",
    ">code",
    ">data",
    ">custom",
    ">functions",
    ">pages",
];

/// What is shown of every file, behind its size as it is.
pub(super) fn cells(sizes: &Sizes) -> [Cell; 7] {
    [
        sizes.gzip_bytes,
        sizes.brotli_bytes,
        sizes.code_bytes,
        sizes.data_bytes,
        sizes.custom_bytes,
        sizes.functions,
        sizes.initial_pages,
    ]
    .map(Cell::Count)
}

impl Show for Measurements {
    fn document(&self) -> Document {
        let rows = self
            .unoptimized
            .iter()
            .chain([&self.optimized])
            .map(|sizes| {
                let mut row = vec![
                    Cell::Name(sizes.file.clone()),
                    Cell::Text(sizes.kind.to_string()),
                    Cell::Count(sizes.core_modules),
                    Cell::Count(sizes.raw_bytes),
                ];
                row.extend(cells(sizes));
                row.push(Cell::Name(sizes.sha256[..16].to_owned()));
                row
            })
            .collect();
        Document::default()
            .table(
                &[
                    &["file", "kind", ">modules", ">raw"],
                    &TITLES[..],
                    &["sha256"],
                ]
                .concat(),
                rows,
            )
            .paragraph(format!(
                "Sizes in bytes, measured with {}.",
                tool_list(&self.tools)
            ))
    }
}
