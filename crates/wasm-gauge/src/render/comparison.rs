//! The table of all variants.

use super::sizes::{TITLES, cells};
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
                    &["variant", ">raw", ">optimized", ">difference"],
                    &TITLES[..],
                ]
                .concat(),
                self.rows.iter().map(row).collect(),
            )
            .paragraph(format!(
                "Sizes in bytes, made and measured with {}. All but raw are of the optimized binary{reference}.",
                tool_list(&self.tools)
            ))
    }
}

fn row(row: &Row) -> Vec<Cell> {
    let none = || Cell::Text("-".to_owned());
    let raw = row.products.component.as_ref();
    let sizes = &row.products.optimized;
    let mut shown = vec![
        Cell::Name(row.variant.clone()),
        raw.map_or_else(none, |sizes| Cell::Count(sizes.raw_bytes)),
        Cell::Count(sizes.raw_bytes),
        row.difference_bytes.map_or_else(none, Cell::Change),
    ];
    shown.extend(cells(sizes));
    shown
}
