//! All variants side by side.

use std::collections::BTreeMap;

use serde::Serialize;

use super::baseline::BaselineColumn;
use super::costs::StartupCosts;
use super::measurements::{Products, Variants, WorkloadFigures};
use crate::measure::bench::{Times, WorkloadOutcome};

/// Variants, the smallest first.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct Comparison {
    /// Versions of the tools by name.
    pub tools: BTreeMap<String, String>,
    /// The variant that the others are compared with.
    pub default_variant: Option<String>,
    /// One row a variant, by the size of its optimised binary, then by name.
    pub rows: Vec<ComparedVariant>,
    /// The variant that times of workloads are compared with, where workloads were run.
    pub reference: Option<String>,
    /// What workloads came to on the variants; none, where none were run.
    pub workloads: Vec<WorkloadComparison>,
    /// The machine that times are of, where they are recorded ones.
    pub machine: Option<String>,
    /// Variants of which instructions or times are recorded, but of another build than the sizes.
    pub outdated: Vec<String>,
}

/// What one workload came to on the variants.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct WorkloadComparison {
    /// The workload's name.
    pub workload: String,
    /// What it came to on each variant, the reference first.
    pub variants: Vec<WorkloadRow>,
}

/// What one workload came to on one variant.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct WorkloadRow {
    /// The variant's name.
    pub variant: String,
    /// What is the same each time.
    pub figures: WorkloadFigures,
    /// Instructions of the measured calls, where they were counted.
    pub instructions: Option<u64>,
    /// How long they took, where that was measured.
    pub times: Option<Times>,
}

impl WorkloadComparison {
    /// What it came to on `variant`.
    pub fn on(&self, variant: &str) -> Option<&WorkloadRow> {
        self.variants.iter().find(|row| row.variant == variant)
    }
}

impl From<WorkloadOutcome> for WorkloadComparison {
    fn from(outcome: WorkloadOutcome) -> Self {
        let variants = outcome.variants.into_iter().map(|row| WorkloadRow {
            figures: WorkloadFigures::from(&row.figures),
            variant: row.variant,
            instructions: row.instructions,
            times: row.times,
        });
        WorkloadComparison {
            variants: variants.collect(),
            workload: outcome.workload,
        }
    }
}

/// One variant.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct ComparedVariant {
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
    /// How long it takes until it answers, where that is recorded.
    pub startup: Option<StartupCosts>,
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
        let mut rows: Vec<ComparedVariant> = variants
            .products
            .into_iter()
            .map(|(variant, products)| ComparedVariant {
                allocator_bytes: products.bytes_of(allocator(&variant)),
                startup: None,
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
            machine: None,
            outdated: Vec::new(),
        }
    }

    /// Compares what a column of the baseline has: the arguments are those of [`Comparison::of`].
    pub fn of_column<'a>(
        column: BaselineColumn,
        default: Option<&str>,
        allocator: impl Fn(&str) -> Option<&'a str>,
    ) -> Self {
        let costs = column.costs.as_ref();
        let reference = costs.map(|costs| costs.reference.as_str());
        let reference = reference.or(default).map(str::to_owned);
        let mut workloads: BTreeMap<String, Vec<WorkloadRow>> = BTreeMap::new();
        for (name, products) in &column.variants {
            for (workload, figures) in products.workloads.iter().flatten() {
                let variant = costs.and_then(|costs| costs.variants.get(name));
                let cost = variant.and_then(|variant| variant.workloads.get(workload));
                workloads
                    .entry(workload.clone())
                    .or_default()
                    .push(WorkloadRow {
                        variant: name.clone(),
                        figures: figures.clone(),
                        instructions: cost.and_then(|cost| cost.instructions),
                        times: cost.and_then(|cost| cost.times.clone()),
                    });
            }
        }
        let workloads = workloads.into_iter().map(|(workload, mut variants)| {
            variants.sort_by_key(|row| Some(&row.variant) != reference.as_ref());
            WorkloadComparison { workload, variants }
        });
        let workloads = workloads.collect();
        let variants = Variants {
            backend: column.backend,
            tools: column.tools,
            products: column.variants,
            details: BTreeMap::new(),
        };
        let mut comparison = Comparison::of(variants, default, allocator);
        comparison.reference = reference;
        comparison.workloads = workloads;
        if let Some(mut costs) = column.costs {
            for row in &mut comparison.rows {
                if let Some(variant) = costs.variants.remove(&row.variant) {
                    let builds = (&variant.sha256, &variant.workload_build);
                    let products = &row.products;
                    if builds != (&products.optimized.sha256, &products.workload_build) {
                        comparison.outdated.push(row.variant.clone());
                    }
                    row.startup = variant.startup;
                }
            }
            comparison.machine = Some(costs.machine);
        }
        comparison
    }

    /// What the workload `name` came to.
    pub fn workload(&self, name: &str) -> Option<&WorkloadComparison> {
        let mut workloads = self.workloads.iter();
        workloads.find(|outcome| outcome.workload == name)
    }

    /// The sizes of `variant`.
    pub fn row(&self, variant: &str) -> Option<&ComparedVariant> {
        self.rows.iter().find(|row| row.variant == variant)
    }
}
