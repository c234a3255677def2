//! All variants side by side.

use std::collections::BTreeMap;

use serde::Serialize;

use super::bench::Outcome;
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
    /// The variant that times of workloads are compared with, where workloads were run.
    pub reference: Option<String>,
    /// What workloads came to on the variants; none, where none were run.
    pub workloads: Vec<Outcome>,
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
    /// Bytes of code of the crate that allocates: none where that crate or the names of functions are not
    /// known, 0 where all of it is inlined into other crates.
    pub allocator_bytes: Option<u64>,
}

impl Comparison {
    /// Compares the sizes of `variants` with each other, and with the one called `default` where that is
    /// known. `allocator` is the crate that allocates in a variant, by its package's name.
    pub fn of<'a>(
        variants: Variants,
        default: Option<&str>,
        allocator: impl Fn(&str) -> Option<&'a str>,
    ) -> Self {
        let bytes =
            |products: &Products| i64::try_from(products.optimized.raw_bytes).unwrap_or(i64::MAX);
        let reference = default
            .and_then(|name| variants.products.get(name))
            .map(bytes);
        let mut rows: Vec<Row> = variants
            .products
            .into_iter()
            .map(|(variant, products)| Row {
                allocator_bytes: allocator(&variant).zip(products.contents.as_ref()).map(
                    |(package, contents)| {
                        let crates = &contents.crates;
                        crates.get(&package.replace('-', "_")).copied().unwrap_or(0)
                    },
                ),
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
            reference: None,
            workloads: Vec::new(),
        }
    }

    /// What the workload `name` came to.
    pub fn workload(&self, name: &str) -> Option<&Outcome> {
        let mut workloads = self.workloads.iter();
        workloads.find(|outcome| outcome.workload == name)
    }

    /// The sizes of `variant`.
    pub fn row(&self, variant: &str) -> Option<&Row> {
        self.rows.iter().find(|row| row.variant == variant)
    }
}
