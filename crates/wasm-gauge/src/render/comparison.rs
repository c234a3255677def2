//! The table of all variants.

use super::{Cell, Document, Show};
use crate::measure::{Comparison, Row, tool_list};

impl Show for Comparison {
    fn document(&self) -> Document {
        let reference = match &self.default_variant {
            Some(name) => format!("; differences are to {name}"),
            None => String::new(),
        };
        Document::default()
            .table(
                &[
                    "variant", ">raw", ">optimized", ">difference", ">gzip -9", ">brotli 11",
                    ">code", ">data", ">functions", ">pages",
                ],
                self.rows.iter().map(cells).collect(),
            )
            .paragraph(format!(
                "Sizes in bytes, made and measured with {}. All but raw are of the optimized binary{reference}.",
                tool_list(&self.tools)
            ))
    }
}

fn cells(row: &Row) -> Vec<Cell> {
    let none = || Cell::Text("-".to_owned());
    let raw = row.products.component.as_ref();
    let sizes = &row.products.optimized;
    vec![
        Cell::Name(row.variant.clone()),
        raw.map_or_else(none, |sizes| Cell::Count(sizes.raw_bytes)),
        Cell::Count(sizes.raw_bytes),
        row.difference_bytes.map_or_else(none, Cell::Change),
        Cell::Count(sizes.gzip_bytes),
        Cell::Count(sizes.brotli_bytes),
        Cell::Count(sizes.code_bytes),
        Cell::Count(sizes.data_bytes),
        Cell::Count(sizes.functions),
        Cell::Count(sizes.initial_pages),
    ]
}
