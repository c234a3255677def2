//! Comparisons and policies to decide by, for tests.

use std::collections::BTreeMap;

use super::{Decision, decide};
use crate::measure::bench::{Ratio, Times};
use crate::policy::Policy;
use crate::record::comparison::{Comparison, WorkloadComparison, WorkloadRow};
use crate::record::measurements::{Measurements, Products, Variants, WorkloadFigures};

/// What was measured of a variant.
#[derive(Clone, Copy)]
pub struct TestVariant {
    pub bytes: u64,
    pub fuel: u64,
    pub instructions: Option<u64>,
    /// Median, and low and high end of the interval.
    pub ratio: Option<(f64, f64, f64)>,
    pub waste: Option<u64>,
    pub pages: u64,
    pub maturity: u64,
    pub one_shot: bool,
}

pub const PLAIN: TestVariant = TestVariant {
    bytes: 10_000,
    fuel: 1_000,
    instructions: None,
    ratio: None,
    waste: Some(0),
    pages: 10,
    maturity: 50,
    one_shot: false,
};

pub fn compare(variants: &[(&str, TestVariant)], reference: &str, timed: bool) -> Comparison {
    let measurements = include_str!("../../../tests/fixtures/other.report.json");
    let measurements: Measurements =
        serde_json::from_str(measurements).expect("it is a measurements");
    let products = variants.iter().map(|(name, measured)| {
        let mut optimized = measurements.optimized.clone();
        optimized.raw_bytes = measured.bytes;
        let product = Products {
            unoptimized: None,
            optimized,
            contents: None,
            workload_build: None,
            workloads: None,
        };
        ((*name).to_owned(), product)
    });
    let variants_read = Variants {
        backend: None,
        tools: measurements.tools.clone(),
        products: products.collect(),
        details: BTreeMap::new(),
    };
    let rows = |pages: fn(&TestVariant) -> u64| {
        let rows = variants.iter().map(|(name, measured)| WorkloadRow {
            variant: (*name).to_owned(),
            figures: WorkloadFigures {
                fuel: measured.fuel,
                pages: pages(measured),
                waste_basis_points: measured.waste,
            },
            instructions: measured.instructions,
            times: timed.then(|| Times {
                rounds: 30,
                p50_ns: 1,
                p95_ns: 1,
                ratio: measured.ratio.map(|(median, low, high)| Ratio {
                    median,
                    low,
                    high,
                    tie: low <= 1.0 && 1.0 <= high,
                }),
            }),
        });
        rows.collect()
    };
    let outcome = |workload: &str, variants| WorkloadComparison {
        workload: workload.to_owned(),
        variants,
    };
    Comparison {
        reference: Some(reference.to_owned()),
        workloads: vec![
            outcome("mixed", rows(|_| 1)),
            outcome("churn", rows(|measured| measured.pages)),
        ],
        ..Comparison::of(variants_read, Some("plain"), |_| None)
    }
}

/// Weighs 30, 20, 20, 15 and 15, and lets `plain` stay within `stays_within`.
pub fn policy(variants: &[(&str, TestVariant)], stays_within: &str) -> Policy {
    let mut text = format!(
        "default-variant = \"plain\"\n[decision]\nsize = 30\nthroughput = 20\nwaste = 20\n\
         reclamation = 15\nmaturity = 15\nstays-within = \"{stays_within}\"\nnotable-bytes = \"1 KiB\"\n\
         throughput-workload = \"mixed\"\nwaste-workload = \"mixed\"\nreclamation-workload = \"churn\"\n"
    );
    for (name, measured) in variants {
        let TestVariant {
            maturity, one_shot, ..
        } = measured;
        text += &format!(
            "[variants.{name}]\nsummary = \"\"\none-shot = {one_shot}\nmaturity = {maturity}\nmaturity-facts = \"\"\n"
        );
    }
    toml::from_str(&text).expect("it is a policy")
}

pub fn decided(variants: &[(&str, TestVariant)], timed: bool, stays_within: &str) -> Decision {
    let comparison = compare(variants, "plain", timed);
    decide(&comparison, &policy(variants, stays_within)).expect("there is a rule")
}

pub fn points_of(decision: &Decision, variant: &str) -> ([u64; 5], u64) {
    let score = decision.scores.iter().find(|s| s.variant == variant);
    let score = score.expect("it is scored");
    (score.points.values(), score.total)
}
