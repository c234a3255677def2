//! The sizes of files.

use super::document::Rows;
use super::{Cell, Document, Show};
use crate::measure::Sizes;
use crate::record::measurements::Measurements;
use crate::record::tools::tool_list;

/// Adds what is shown of every file, behind its size as it is.
pub(super) fn columns<'a, 'r, I: IntoIterator>(
    rows: Rows<'a, I>,
    of: impl Fn(&I::Item) -> &'r Sizes + Copy + 'a,
) -> Rows<'a, I> {
    rows.number("gzip -9", move |row| Cell::Count(of(row).gzip_bytes))
        .number("brotli 11", move |row| Cell::Count(of(row).brotli_bytes))
        .number("code", move |row| Cell::Count(of(row).code_bytes))
        .number("data", move |row| Cell::Count(of(row).data_bytes))
        .number("custom", move |row| Cell::Count(of(row).custom_bytes))
        .number("functions", move |row| Cell::Count(of(row).functions))
        .number("pages", move |row| Cell::Count(of(row).initial_pages))
}

impl Show for Measurements {
    fn document(&self) -> Document {
        let table = Rows::of(self.unoptimized.iter().chain([&self.optimized]))
            .text("file", |sizes| Cell::Name(sizes.file.clone()))
            .text("kind", |sizes| Cell::Text(sizes.kind.to_string()))
            .number("modules", |sizes| Cell::Count(sizes.core_modules))
            .number("raw", |sizes| Cell::Count(sizes.raw_bytes));
        let table = columns(table, |sizes| *sizes)
            .text("sha256", |sizes| Cell::Name(sizes.sha256[..16].to_owned()));
        Document::default().table(table).paragraph(format!(
            "Sizes in bytes, measured with {}.",
            tool_list(&self.tools)
        ))
    }
}
