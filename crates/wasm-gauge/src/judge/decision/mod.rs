//! Which variant the policy's weights speak for.

mod answers;
mod score;

use serde::Serialize;

use super::StartupAssessment;
use crate::measure::bench::Ratio;
use crate::policy::{Criteria, DecisionRule, Policy};
use crate::record::comparison::{Comparison, WorkloadComparison, WorkloadRow};
use answers::{notably_smaller, smaller_and_faster};
use score::{recommend, score};

pub use score::INSTRUCTION_NOISE;

/// All variants side by side, and which of them the policy's weights speak for.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct Assessment {
    /// The variants.
    #[serde(flatten)]
    pub comparison: Comparison,
    /// What follows; none without a policy that says what decides.
    pub decision: Option<Decision>,
    /// The start-up times of the default variant beside the policy's goals; none where there are no goals
    /// or no such times.
    pub startup: Option<StartupAssessment>,
}

/// Which variant the weights speak for. It is a result, and nothing fails by it.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct Decision {
    /// The default variant.
    pub default_variant: String,
    /// The weights in percent.
    pub weights: Criteria,
    /// Which variants no decision is made about, and why: they are built for another target than the default, or rely on
    /// unstable flags.
    pub not_weighed: Vec<String>,
    /// The workloads that criteria are taken from.
    pub workloads: DecisionWorkloads,
    /// What was not measured, in words: as long as that is so, there are no scores.
    pub missing: Vec<String>,
    /// What throughput was taken from.
    pub throughput_by: Option<ThroughputBy>,
    /// The variants that are weighed, the best first.
    pub scores: Vec<Score>,
    /// The variant to be the default.
    pub recommendation: Option<Recommendation>,
    /// Which variants are smaller than the default and faster beyond the noise, without one-shot ones.
    pub smaller_and_faster: SmallerAndFaster,
    /// Which variants are smaller than the default by at least the bytes that the policy calls notable.
    pub notably_smaller: NotablySmaller,
}

/// The workloads that criteria are taken from.
#[derive(Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct DecisionWorkloads {
    /// Whose instructions, time or fuel is the throughput.
    pub throughput: String,
    /// Whose waste is weighed.
    pub waste: String,
    /// Whose pages tell what is reclaimed.
    pub reclamation: String,
}

/// What throughput was taken from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ThroughputBy {
    /// Instructions, which are blind to what the operating system does.
    Instructions,
    /// Times over those of the reference.
    TimeRatio,
    /// Fuel, which is blind to the bytes that bulk instructions copy.
    Fuel,
}

/// What one variant scores.
#[derive(Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Score {
    /// The variant.
    pub variant: String,
    /// Whether it never gives memory back: it is scored, but never recommended.
    pub one_shot: bool,
    /// By criterion, in hundredths of a point.
    pub points: Criteria,
    /// By weight, in hundredths of a point.
    pub total: u64,
    /// What its maturity rests on.
    pub maturity_facts: String,
}

/// The variant to be the default.
#[derive(Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Recommendation {
    /// The variant.
    pub variant: String,
    /// The variant that scores highest of those that are not one-shot.
    pub highest: String,
    /// The default stays while the highest score is not above its own by more than this share of it, in hundredths
    /// of a percent.
    pub stays_within_basis_points: u16,
}

/// Which variants are smaller than the default and faster, beyond the noise: the 95 % interval of the ratio of
/// times is below 1. One-shot variants are in neither list.
#[derive(Debug, PartialEq, Serialize, schemars::JsonSchema)]
pub struct SmallerAndFaster {
    /// The workload whose times are compared.
    pub workload: String,
    /// The variants; none where not all have times compared with the default.
    pub variants: Option<Vec<String>>,
    /// All that are smaller and have such times.
    pub smaller: Vec<Smaller>,
}

/// A variant that is smaller than the default.
#[derive(Debug, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Smaller {
    /// The variant.
    pub variant: String,
    /// By how many bytes it is smaller.
    pub saved_bytes: u64,
    /// Its times over those of the default.
    pub ratio: Ratio,
}

/// Which variants are smaller than the default by at least so many bytes.
#[derive(Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct NotablySmaller {
    /// The bytes that the policy calls notable.
    pub notable_bytes: u64,
    /// The variants.
    pub variants: Vec<Notable>,
}

/// A variant that is smaller than the default by a notable amount.
#[derive(Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Notable {
    /// The variant.
    pub variant: String,
    /// By how many bytes it is smaller.
    pub saved_bytes: u64,
    /// Whether it never gives memory back.
    pub one_shot: bool,
}

/// A variant with all that its score is made from.
struct Candidate<'a> {
    name: &'a str,
    one_shot: bool,
    bytes: u64,
    throughput: &'a WorkloadRow,
    waste: u64,
    pages: u64,
    maturity: u64,
    maturity_facts: &'a str,
}

/// Decides between the variants of `policy` by what was measured of them. None where the policy does not
/// say what decides, or where the default variant was not measured.
pub fn decide(comparison: &Comparison, policy: &Policy) -> Option<Decision> {
    let rule = policy.decision.as_ref()?.get_ref();
    let default = comparison.default_variant.as_deref()?;
    let default_bytes = comparison.row(default)?.products.optimized.raw_bytes;
    let names = policy.variants.keys().map(|name| name.get_ref().as_str());
    let mut decision = Decision {
        default_variant: default.to_owned(),
        weights: rule.weights(),
        not_weighed: names
            .filter_map(|name| Some(format!("{name}: {}", policy.apart(name)?)))
            .collect(),
        workloads: DecisionWorkloads {
            throughput: rule.throughput_workload.clone(),
            waste: rule.waste_workload.clone(),
            reclamation: rule.reclamation_workload.clone(),
        },
        missing: Vec::new(),
        throughput_by: None,
        scores: Vec::new(),
        recommendation: None,
        smaller_and_faster: smaller_and_faster(comparison, policy, rule, default, default_bytes),
        notably_smaller: notably_smaller(comparison, policy, rule, default, default_bytes),
    };
    let missing = &mut decision.missing;
    let candidates = candidates(comparison, policy, rule, missing);
    if missing.is_empty() {
        let (by, scores) = score(&candidates, &decision.weights, comparison, default);
        decision.throughput_by = Some(by);
        decision.recommendation = recommend(&scores, default, rule);
        decision.scores = scores;
    }
    Some(decision)
}

/// The variants of which all was measured; what was not, is added to `missing`.
fn candidates<'a>(
    comparison: &'a Comparison,
    policy: &'a Policy,
    rule: &DecisionRule,
    missing: &mut Vec<String>,
) -> Vec<Candidate<'a>> {
    let mut workload = |name: &str| {
        let outcome = comparison.workload(name);
        let sentence = format!("the workload {name} was not run");
        if outcome.is_none() && !missing.contains(&sentence) {
            missing.push(sentence);
        }
        outcome
    };
    let throughput = workload(&rule.throughput_workload);
    let wasting = workload(&rule.waste_workload);
    let reclamation = workload(&rule.reclamation_workload);
    let mut candidates = Vec::new();
    for (name, variant) in &policy.variants {
        let name = name.get_ref().as_str();
        if policy.apart(name).is_some() {
            continue;
        }
        let mut lacks = |sentence: String| {
            if !missing.contains(&sentence) {
                missing.push(sentence);
            }
        };
        let sizes = comparison.row(name);
        if sizes.is_none() {
            lacks(format!("{name} was not measured"));
        }
        let mut on = |outcome: Option<&'a WorkloadComparison>| {
            let outcome = outcome?;
            let row = outcome.on(name);
            if row.is_none() {
                lacks(format!("{name} did not run {}", outcome.workload));
            }
            row
        };
        let (throughput, reclamation) = (on(throughput), on(reclamation));
        let waste = on(wasting);
        let wasted = waste.and_then(|row| row.figures.waste_basis_points);
        if waste.is_some() && wasted.is_none() {
            lacks(format!(
                "{name} has no waste on {}, which takes a traced build",
                rule.waste_workload
            ));
        }
        let stated = (variant.maturity.as_ref()).zip(variant.maturity_facts.as_deref());
        if stated.is_none() {
            lacks(format!("{name} has no stated maturity"));
        }
        if let (Some(sizes), Some(throughput), Some(waste), Some(reclamation), Some(stated)) =
            (sizes, throughput, wasted, reclamation, stated)
        {
            candidates.push(Candidate {
                name,
                one_shot: variant.one_shot,
                bytes: sizes.products.optimized.raw_bytes,
                throughput,
                waste,
                pages: reclamation.figures.pages,
                maturity: *stated.0.get_ref(),
                maturity_facts: stated.1,
            });
        }
    }
    candidates
}

#[cfg(test)]
pub(super) mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::measure::bench::Times;
    use crate::record::measurements::{Measurements, Products, Variants, WorkloadFigures};

    /// What was measured of a variant.
    #[derive(Clone, Copy)]
    pub struct Measured {
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

    pub const PLAIN: Measured = Measured {
        bytes: 10_000,
        fuel: 1_000,
        instructions: None,
        ratio: None,
        waste: Some(0),
        pages: 10,
        maturity: 50,
        one_shot: false,
    };

    pub fn compare(variants: &[(&str, Measured)], reference: &str, timed: bool) -> Comparison {
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
        let rows = |pages: fn(&Measured) -> u64| {
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
    pub fn policy(variants: &[(&str, Measured)], stays_within: &str) -> Policy {
        let mut text = format!(
            "default-variant = \"plain\"\n[decision]\nsize = 30\nthroughput = 20\nwaste = 20\n\
             reclamation = 15\nmaturity = 15\nstays-within = \"{stays_within}\"\nnotable-bytes = \"1 KiB\"\n\
             throughput-workload = \"mixed\"\nwaste-workload = \"mixed\"\nreclamation-workload = \"churn\"\n"
        );
        for (name, measured) in variants {
            let Measured {
                maturity, one_shot, ..
            } = measured;
            text += &format!(
                "[variants.{name}]\nsummary = \"\"\none-shot = {one_shot}\nmaturity = {maturity}\nmaturity-facts = \"\"\n"
            );
        }
        toml::from_str(&text).expect("it is a policy")
    }

    pub fn decided(variants: &[(&str, Measured)], timed: bool, stays_within: &str) -> Decision {
        let comparison = compare(variants, "plain", timed);
        decide(&comparison, &policy(variants, stays_within)).expect("there is a rule")
    }

    pub fn points_of(decision: &Decision, variant: &str) -> ([u64; 5], u64) {
        let score = decision.scores.iter().find(|s| s.variant == variant);
        let score = score.expect("it is scored");
        (score.points.values(), score.total)
    }

    #[test]
    fn another_target_or_std_is_not_weighed() {
        let best = Measured {
            bytes: 1,
            fuel: 1,
            ratio: Some((0.5, 0.4, 0.6)),
            pages: 1,
            ..PLAIN
        };
        let variants = [("plain", PLAIN), ("pure", best), ("rebuilt", best)];
        let mut policy = policy(&variants, "0 %");
        policy.variants.get_mut("pure").expect("a row").target =
            Some(toml::Spanned::new(0..0, "there".to_owned()));
        let row = policy.variants.get_mut("rebuilt").expect("a row");
        row.std = crate::policy::Std::Rebuilt;
        row.maturity = None;
        let decision =
            decide(&compare(&variants, "plain", true), &policy).expect("there is a rule");
        assert_eq!(decision.missing, Vec::<String>::new());
        assert_eq!(
            points_of(&decision, "plain").0,
            [10_000, 10_000, 10_000, 10_000, 5_000]
        );
        assert_eq!(decision.scores.len(), 1);
        assert_eq!(decision.smaller_and_faster.variants, Some(Vec::new()));
        assert_eq!(decision.notably_smaller.variants, []);
        let expected = [
            "pure: it is built for there",
            "rebuilt: its standard library is rebuilt, by unstable flags",
        ];
        assert_eq!(decision.not_weighed, expected);
    }

    #[test]
    fn what_was_not_measured_is_not_decided() {
        let variants = [("plain", PLAIN), ("other", PLAIN)];
        let policy_of_both = policy(&variants, "10 %");
        let whole = || compare(&variants, "plain", false);
        type Take = fn(&mut Comparison);
        let cases: [(Take, &[&str]); 6] = [
            (|_| (), &[]),
            (
                |c| c.workloads.clear(),
                &[
                    "the workload mixed was not run",
                    "the workload churn was not run",
                ],
            ),
            (
                |c| c.workloads.truncate(1),
                &["the workload churn was not run"],
            ),
            (
                |c| c.rows.retain(|row| row.variant == "plain"),
                &["other was not measured"],
            ),
            (
                |c| c.workloads[0].variants.truncate(1),
                &["other did not run mixed"],
            ),
            (
                |c| c.workloads[0].variants[1].figures.waste_basis_points = None,
                &["other has no waste on mixed, which takes a traced build"],
            ),
        ];
        for (take, missing) in cases {
            let mut comparison = whole();
            take(&mut comparison);
            let decision = decide(&comparison, &policy_of_both).expect("there is a rule");
            assert_eq!(decision.missing, missing);
            assert_eq!(decision.recommendation.is_some(), missing.is_empty());
            assert_eq!(decision.scores.is_empty(), !missing.is_empty());
        }
        // Neither is what has no rule, nor what has no default.
        let rule = Policy {
            decision: None,
            ..policy(&variants, "10 %")
        };
        assert!(decide(&whole(), &rule).is_none());
        let without = Comparison {
            default_variant: None,
            ..whole()
        };
        assert!(decide(&without, &policy_of_both).is_none());
    }
}
