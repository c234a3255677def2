//! The report over all variants: what was measured, by which policy it is judged, and how each file came to be.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::baseline::{Baseline, BaselineColumn};
use super::costs::{StartupCosts, VariantCosts, WorkloadCosts};
use super::measurements::{Details, Products, Variants, WorkloadFigures};
use super::provenance::{CheckOutcome, Provenance};
use crate::measure::Sizes;
use crate::policy::{Entries, Policy};
use crate::{Error, Result, file};

/// The version of the format: another number for another meaning.
pub const SCHEMA: u64 = 1;

/// What a report holds of its own; what was judged of it stands beside.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, schemars::JsonSchema)]
pub struct Report {
    /// The version of this format.
    pub schema: u64,
    /// What the report is of, as its maker calls it: a commit.
    pub revision: Option<String>,
    /// Where the tools come from, where that was said.
    pub backend: Option<String>,
    /// Versions of the tools by name.
    pub tools: BTreeMap<String, String>,
    /// The policy that was judged by: its entries by their keys.
    pub policy: Entries,
    /// The figures of the baseline file that was judged by.
    pub baseline: Vec<Recorded>,
    /// The machine that recorded costs are of, where there are some.
    pub machine: Option<String>,
    /// The variants by name, each once.
    pub variants: Vec<Reported>,
    /// What the default variant was recorded with over time, the oldest first; none where that was not given.
    pub history: Vec<Moment>,
}

/// The figures of one column of a baseline file.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Recorded {
    /// Whose tools made it.
    pub backend: Option<String>,
    /// Versions of the tools by name.
    pub tools: BTreeMap<String, String>,
    /// Figures by variant and name: `optimized raw_bytes`, `workload mixed fuel`.
    pub variants: BTreeMap<String, BTreeMap<String, u64>>,
}

/// One variant.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Reported {
    /// Its name.
    pub name: String,
    /// The binary before wasm-opt, where that was measured.
    pub unoptimized: Option<Sizes>,
    /// The binary that ships.
    pub optimized: Sizes,
    /// Bytes of code of the crate that allocates, where it is known.
    pub allocator_bytes: Option<u64>,
    /// What its bytes are of, and how its memory is laid out, where that was measured.
    pub details: Option<Details>,
    /// What workloads came to on it by their names.
    pub workloads: BTreeMap<String, ReportedWorkload>,
    /// How it starts, as recorded.
    pub startup: Option<StartupCosts>,
    /// Whether recorded costs are of another build than the sizes.
    pub outdated: bool,
    /// How its files came to be, one for each that ships.
    pub provenance: Vec<Provenance>,
}

/// What one workload came to on one variant.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReportedWorkload {
    /// What is the same each time.
    pub figures: WorkloadFigures,
    /// What is not, as recorded.
    pub costs: Option<WorkloadCosts>,
}

/// What a baseline file said at one commit.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Moment {
    /// The commit.
    pub revision: String,
    /// When it was made: `2026-11-26`.
    pub date: String,
    /// Bytes of the default variant's binary that ships.
    pub raw_bytes: u64,
    /// The same through `gzip -9`.
    pub gzip_bytes: u64,
}

impl Report {
    /// A report on `measured`, which is judged by `policy` with these `entries` and held against `baseline`.
    /// `details` and `provenance` are by variant.
    pub fn new(
        measured: &Variants,
        mut details: BTreeMap<String, Details>,
        mut provenance: BTreeMap<String, Vec<Provenance>>,
        policy: &Policy,
        entries: Entries,
        baseline: &Baseline,
    ) -> Self {
        let column = baseline.column(measured.backend.as_deref());
        let costs = column.and_then(|column| column.costs.as_ref());
        let variants = measured.products.iter().map(|(name, products)| {
            Reported::new(
                name,
                products,
                costs.and_then(|costs| costs.variants.get(name)),
                policy.allocator(name),
                details.remove(name),
                provenance.remove(name).unwrap_or_default(),
            )
        });
        Report {
            schema: SCHEMA,
            revision: None,
            backend: measured.backend.clone(),
            tools: measured.tools.clone(),
            policy: entries,
            machine: costs.map(|costs| costs.machine.clone()),
            variants: variants.collect(),
            baseline: baseline.columns.iter().map(Recorded::of).collect(),
            history: Vec::new(),
        }
    }

    /// Reads the report at `path`.
    ///
    /// # Errors
    /// Those of [`Report::parse`], and [`Error::Input`] where the file cannot be read.
    pub fn read(path: &Path) -> Result<Self> {
        Report::parse(path, &file::text(path)?)
    }

    /// The report that `text` is, which the file at `path` holds.
    ///
    /// # Errors
    /// [`Error::Input`] for what is no report, is one of another version of the format, or has two variants of one
    /// name.
    pub fn parse(path: &Path, text: &str) -> Result<Self> {
        #[derive(Deserialize)]
        struct Version {
            schema: u64,
        }
        let invalid = |reason: String| Error::input(path, reason);
        let what = "a report of `wasm-gauge report`";
        let version: Version = file::parse(path, text, what).map_err(Error::Input)?;
        if version.schema != SCHEMA {
            return Err(invalid(format!(
                "a report in version {} of the format, and this is the tool for version {SCHEMA}: make it again",
                version.schema
            )));
        }
        let report: Report = file::parse(path, text, what).map_err(Error::Input)?;
        let mut names = BTreeSet::new();
        match (report.variants.iter()).find(|variant| !names.insert(&variant.name)) {
            Some(twice) => Err(invalid(format!("has the variant `{}` twice", twice.name))),
            None => Ok(report),
        }
    }

    /// The variant `name`.
    pub fn variant(&self, name: &str) -> Option<&Reported> {
        self.variants.iter().find(|variant| variant.name == name)
    }

    /// What checks said that failed on files that ship: variant, check, outcome.
    pub fn failed_checks(&self) -> impl Iterator<Item = (&str, &str, &CheckOutcome)> {
        let variants = self.variants.iter();
        variants.flat_map(|variant| {
            let checks = variant.provenance.iter().flat_map(|file| &file.checks);
            let failed = checks.filter(|(_, outcome)| !outcome.holds);
            failed.map(|(check, outcome)| (variant.name.as_str(), check.as_str(), outcome))
        })
    }

    /// The variant that ships, where the policy says so.
    pub fn default_variant(&self) -> Option<String> {
        let entry = self.policy.get("default-variant");
        entry.map(ToString::to_string)
    }
}

impl Reported {
    fn new(
        name: &str,
        products: &Products,
        costs: Option<&VariantCosts>,
        allocator: Option<&str>,
        details: Option<Details>,
        provenance: Vec<Provenance>,
    ) -> Self {
        let workloads = products.workloads.iter().flatten();
        let workloads = workloads.map(|(workload, figures)| {
            let costs = costs.and_then(|costs| costs.workloads.get(workload));
            let reported = ReportedWorkload {
                figures: figures.clone(),
                costs: costs.cloned(),
            };
            (workload.clone(), reported)
        });
        Reported {
            name: name.to_owned(),
            unoptimized: products.unoptimized.clone(),
            optimized: products.optimized.clone(),
            allocator_bytes: products.bytes_of(allocator),
            details,
            workloads: workloads.collect(),
            startup: costs.and_then(|costs| costs.startup.clone()),
            outdated: costs.is_some_and(|costs| {
                (&costs.sha256, &costs.workload_build)
                    != (&products.optimized.sha256, &products.workload_build)
            }),
            provenance,
        }
    }
}

impl Recorded {
    fn of(column: &BaselineColumn) -> Self {
        let variants = column.variants.iter().map(|(name, products)| {
            let mut figures = BTreeMap::new();
            let both = [
                ("unoptimized", products.unoptimized.as_ref()),
                ("optimized", Some(&products.optimized)),
            ];
            for (product, sizes) in both {
                for (figure, number) in sizes.into_iter().flat_map(numbers) {
                    figures.insert(format!("{product} {figure}"), number);
                }
            }
            for (workload, counted) in products.workloads.iter().flatten() {
                for (figure, number) in numbers(counted) {
                    figures.insert(format!("workload {workload} {figure}"), number);
                }
            }
            (name.clone(), figures)
        });
        Recorded {
            backend: column.backend.clone(),
            tools: column.tools.clone(),
            variants: variants.collect(),
        }
    }
}

/// The fields of `value` that are numbers.
fn numbers(value: &impl Serialize) -> Vec<(String, u64)> {
    let fields = serde_json::to_value(value).expect("plain data is always valid JSON");
    let fields = fields.as_object().cloned().unwrap_or_default();
    let fields = fields.into_iter();
    fields
        .filter_map(|(name, value)| Some((name, value.as_u64()?)))
        .collect()
}
