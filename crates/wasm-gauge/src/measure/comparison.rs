//! All variants side by side.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{Products, Variants};

/// Variants, the smallest first.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct Comparison {
    /// Versions of the tools by name.
    pub tools: BTreeMap<String, String>,
    /// The variant that the others are compared with.
    pub default_variant: Option<String>,
    /// One row a variant, by the size of its optimised binary, then by name.
    pub rows: Vec<Row>,
}

/// One variant.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct Row {
    /// Its name.
    pub variant: String,
    /// What was measured of it.
    #[serde(flatten)]
    pub products: Products,
    /// Bytes of its optimised binary less those of the default variant's.
    pub difference_bytes: Option<i64>,
}

impl Comparison {
    /// Compares `variants` with each other, and with the one called `default` where that is known.
    pub fn of(variants: Variants, default: Option<&str>) -> Self {
        let bytes =
            |products: &Products| i64::try_from(products.optimized.raw_bytes).unwrap_or(i64::MAX);
        let reference = default
            .and_then(|name| variants.products.get(name))
            .map(bytes);
        let mut rows: Vec<Row> = variants
            .products
            .into_iter()
            .map(|(variant, products)| Row {
                variant,
                difference_bytes: reference.map(|reference| bytes(&products) - reference),
                products: Products {
                    contents: None,
                    workloads: None,
                    ..products
                },
            })
            .collect();
        // Stable: the names come sorted.
        rows.sort_by_key(|row| row.products.optimized.raw_bytes);
        Comparison {
            tools: variants.tools,
            default_variant: default.map(str::to_owned),
            rows,
        }
    }
}
