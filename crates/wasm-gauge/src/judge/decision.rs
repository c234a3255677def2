//! Which variant the policy's weights speak for.
//!
//! Each criterion gives 0 to 100 points, in hundredths and rounded to the nearest:
//!
//! - size: 100 x smallest / own bytes that ship
//! - throughput: 100 x least / own instructions, where these were not counted time ratio, and where times were
//!   not taken either, fuel. Instructions that differ from the reference's by at most [`INSTRUCTION_NOISE`]
//!   count as the reference's. A time ratio is a median; one whose interval contains 1 counts as 1. Both are a
//!   tie with the reference
//! - fragmentation: 100 x (1 + least waste) / (1 + own waste)
//! - reclamation: 100 x fewest / own pages
//! - maturity: as the policy states it
//!
//! The score is the sum of the points, each times its weight, over 100, rounded to the nearest hundredth.
//! Scores are compared as they are shown.

use std::cmp::Reverse;

use serde::Serialize;

use crate::policy::{Criteria, DecisionRule, Policy, Variant};
use crate::record::comparison::{Comparison, WorkloadComparison, WorkloadRow};
use crate::units::grouped;

use super::StartupVerdict;

/// What the same instructions, counted again, can differ by, in millionths: 0.1 %.
pub const INSTRUCTION_NOISE: u64 = 1_000;

/// A ratio of 1, in millionths.
const ONE: u64 = 1_000_000;

/// All variants side by side, and which of them the policy's weights speak for.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct ComparisonVerdict {
    /// The variants.
    #[serde(flatten)]
    pub comparison: Comparison,
    /// What follows; none without a policy that says what decides.
    pub decision: Option<Decision>,
    /// The start-up times of the default variant beside the policy's targets; none where there are no targets
    /// or no such times.
    pub startup: Option<StartupVerdict>,
}

/// Which variant the weights speak for. It is a result, and nothing fails by it.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct Decision {
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
    pub smaller_and_faster: Answer,
    /// Which variants are smaller than the default by at least the bytes that the policy calls notable.
    pub notably_smaller: Answer,
}

/// The workloads that criteria are taken from.
#[derive(Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct DecisionWorkloads {
    /// Whose instructions, time or fuel is the throughput.
    pub throughput: String,
    /// Whose waste is the fragmentation.
    pub fragmentation: String,
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
    /// Why.
    pub sentence: String,
}

/// Variants of which something is true.
#[derive(Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Answer {
    /// The variants; none where it is not known.
    pub variants: Option<Vec<String>>,
    /// All of this in words.
    pub sentence: String,
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
        weights: rule.weights(),
        not_weighed: names
            .filter_map(|name| Some(format!("{name}: {}", policy.apart(name)?)))
            .collect(),
        workloads: DecisionWorkloads {
            throughput: rule.throughput_workload.clone(),
            fragmentation: rule.fragmentation_workload.clone(),
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
    let fragmentation = workload(&rule.fragmentation_workload);
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
            lacks(format!("{name} has no report"));
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
        let fragmentation = on(fragmentation);
        let waste = fragmentation.and_then(|row| row.figures.waste_basis_points);
        if fragmentation.is_some() && waste.is_none() {
            lacks(format!(
                "{name} has no waste on {}, which takes a traced build",
                rule.fragmentation_workload
            ));
        }
        let stated = (variant.maturity.as_ref()).zip(variant.maturity_facts.as_deref());
        if stated.is_none() {
            lacks(format!("{name} has no stated maturity"));
        }
        if let (Some(sizes), Some(throughput), Some(waste), Some(reclamation), Some(stated)) =
            (sizes, throughput, waste, reclamation, stated)
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

/// What all `candidates` score, the best first; of equals the default, then the smallest, then by name.
fn score(
    candidates: &[Candidate],
    weights: &Criteria,
    comparison: &Comparison,
    default: &str,
) -> (ThroughputBy, Vec<Score>) {
    let costs = |cost: fn(&Candidate) -> u64| points(candidates.iter().map(cost).collect());
    let (by, throughput) = throughput(candidates, comparison.reference.as_deref());
    let throughput = points(throughput);
    let size = costs(|candidate| candidate.bytes);
    // In basis points, of which 1 has 10,000.
    let fragmentation = costs(|candidate| candidate.waste.saturating_add(10_000));
    let reclamation = costs(|candidate| candidate.pages);
    let mut scores: Vec<(u64, Score)> = candidates
        .iter()
        .enumerate()
        .map(|(index, candidate)| {
            let points = Criteria {
                size: size[index],
                throughput: throughput[index],
                fragmentation: fragmentation[index],
                reclamation: reclamation[index],
                maturity: candidate.maturity * 100,
            };
            let weighted = points.values().into_iter().zip(weights.values());
            let sum: u64 = weighted.map(|(points, weight)| points * weight).sum();
            let score = Score {
                variant: candidate.name.to_owned(),
                one_shot: candidate.one_shot,
                points,
                total: (sum + 50) / 100,
                maturity_facts: candidate.maturity_facts.to_owned(),
            };
            (candidate.bytes, score)
        })
        .collect();
    // Stable: the names come sorted.
    scores.sort_by_key(|(bytes, score)| (Reverse(score.total), score.variant != default, *bytes));
    let scores = scores.into_iter().map(|(_, score)| score).collect();
    (by, scores)
}

/// What throughput is taken from, and its cost for each of `candidates`: millionths of the instructions or of
/// the time of `reference`, or fuel.
fn throughput(candidates: &[Candidate], reference: Option<&str>) -> (ThroughputBy, Vec<u64>) {
    if let Some(ratios) = instruction_ratios(candidates, reference) {
        return (ThroughputBy::Instructions, ratios);
    }
    let millionths = |candidate: &Candidate| {
        let times = candidate.throughput.times.as_ref()?;
        match &times.ratio {
            Some(ratio) if ratio.tie => Some(ONE),
            Some(ratio) => Some((ratio.median * ONE as f64).round() as u64),
            None => (reference == Some(candidate.name)).then_some(ONE),
        }
    };
    match candidates.iter().map(millionths).collect() {
        Some(ratios) => (ThroughputBy::TimeRatio, ratios),
        None => {
            let fuel = candidates.iter().map(|c| c.throughput.figures.fuel);
            (ThroughputBy::Fuel, fuel.collect())
        }
    }
}

/// Millionths of the instructions of `reference`, if they were counted on all.
fn instruction_ratios(candidates: &[Candidate], reference: Option<&str>) -> Option<Vec<u64>> {
    let counted = |candidate: &Candidate| candidate.throughput.instructions;
    let of = |name| candidates.iter().find(|candidate| candidate.name == name);
    let reference = reference
        .and_then(of)
        .and_then(counted)
        .filter(|n| *n > 0)?;
    let ratio = |candidate| {
        let millionths = u128::from(counted(candidate)?) * u128::from(ONE);
        let ratio = (millionths + u128::from(reference / 2)) / u128::from(reference);
        let ratio = u64::try_from(ratio).unwrap_or(u64::MAX);
        let tie = ratio.abs_diff(ONE) <= INSTRUCTION_NOISE;
        Some(if tie { ONE } else { ratio })
    };
    candidates.iter().map(ratio).collect()
}

/// 100 points x least / own of each of `costs`, in hundredths of a point.
fn points(costs: Vec<u64>) -> Vec<u64> {
    const ALL: u64 = 10_000;
    let least = costs.iter().min().copied().unwrap_or(0);
    let share = |own: u64| {
        let (least, own) = (u128::from(least), u128::from(own));
        let hundredths = (least * u128::from(ALL) * 2 + own).checked_div(own * 2);
        // Only what costs nothing is divided by zero.
        hundredths.map_or(ALL, |points| points as u64)
    };
    costs.into_iter().map(share).collect()
}

fn recommend(scores: &[Score], default: &str, rule: &DecisionRule) -> Option<Recommendation> {
    let best = scores.iter().find(|score| !score.one_shot)?;
    let own = scores.iter().find(|score| score.variant == default)?.total;
    let limit = u128::from(own) * (10_000 + u128::from(rule.stays_within.basis_points()));
    let within = u128::from(best.total) * 10_000 <= limit;
    let (name, total) = (&best.variant, points_text(best.total));
    let of = match scores.iter().any(|score| score.one_shot) {
        true => "of what is not one-shot",
        false => "of all",
    };
    let own = points_text(own);
    let sentence = if best.variant == default {
        format!("{default} stays the default: it scores highest {of}, {total}.")
    } else if within {
        format!(
            "{default} stays the default: {name} scores highest {of}, {total}, but that is not more than {} above {own}.",
            rule.stays_within
        )
    } else {
        format!(
            "{name} is recommended as the default: it scores highest {of}, {total}, which is more than {} above the {own} of {default}.",
            rule.stays_within
        )
    };
    let variant = if within { default } else { name };
    Some(Recommendation {
        variant: variant.to_owned(),
        sentence,
    })
}

/// The variants that are weighed against `default`, with their bytes, none where they were not measured.
fn others<'a>(
    comparison: &'a Comparison,
    policy: &'a Policy,
    default: &'a str,
) -> impl Iterator<Item = (&'a str, &'a Variant, Option<u64>)> {
    let variants = policy.variants.iter();
    variants
        .filter(move |(name, _)| {
            name.get_ref() != default && policy.apart(name.get_ref()).is_none()
        })
        .map(|(name, variant)| {
            let name = name.get_ref().as_str();
            let row = comparison.row(name);
            let bytes = row.map(|row| row.products.optimized.raw_bytes);
            (name, variant, bytes)
        })
}

fn smaller_and_faster(
    comparison: &Comparison,
    policy: &Policy,
    rule: &DecisionRule,
    default: &str,
    default_bytes: u64,
) -> Answer {
    let workload = &rule.throughput_workload;
    let outcome = (comparison.workload(workload))
        .filter(|_| comparison.reference.as_deref() == Some(default));
    let both = |name: &str, bytes: Option<u64>| {
        let times = outcome?.on(name)?.times.as_ref()?;
        Some(bytes? < default_bytes && times.ratio.as_ref()?.high < 1.0)
    };
    let lasting =
        || others(comparison, policy, default).filter(|(_, variant, _)| !variant.one_shot);
    let variants: Option<Vec<String>> = lasting()
        .filter_map(|(name, _, bytes)| match both(name, bytes) {
            Some(true) => Some(Some(name.to_owned())),
            Some(false) => None,
            None => Some(None),
        })
        .collect();
    let what = format!(
        "smaller than {default} and faster than it on {workload} beyond the noise (95 % interval below 1)"
    );
    let smaller: Vec<String> = lasting()
        .filter_map(|(name, _, bytes)| {
            let saved = default_bytes
                .checked_sub(bytes?)
                .filter(|saved| *saved > 0)?;
            let ratio = outcome?.on(name)?.times.as_ref()?.ratio.as_ref()?;
            Some(format!(
                "{name} by {} B, and takes {:.3} of the time ({:.3} to {:.3})",
                grouped(saved),
                ratio.median,
                ratio.low,
                ratio.high
            ))
        })
        .collect();
    let smaller = match smaller.as_slice() {
        [] => "none".to_owned(),
        smaller => smaller.join("; "),
    };
    let sentence = match variants.as_deref() {
        None => format!(
            "Whether a variant is {what} is not known: not all have times compared with {default}."
        ),
        Some([]) => format!("Of what is not one-shot, none is {what}. Smaller: {smaller}."),
        Some(names) => format!(
            "Of what is not one-shot, {what}: {}. Smaller: {smaller}.",
            names.join(", ")
        ),
    };
    Answer { variants, sentence }
}

fn notably_smaller(
    comparison: &Comparison,
    policy: &Policy,
    rule: &DecisionRule,
    default: &str,
    default_bytes: u64,
) -> Answer {
    let notable = rule.notable_bytes;
    let (variants, words): (Vec<String>, Vec<String>) = others(comparison, policy, default)
        .filter_map(|(name, variant, bytes)| {
            let saved = default_bytes.checked_sub(bytes?)?;
            let one_shot = if variant.one_shot { ", one-shot" } else { "" };
            let words = format!("{name} ({} B{one_shot})", grouped(saved));
            (saved >= notable.0).then(|| (name.to_owned(), words))
        })
        .unzip();
    let sentence = match words.as_slice() {
        [] => format!("No variant is smaller than {default} by at least {notable}."),
        words => format!(
            "Smaller than {default} by at least {notable}: {}.",
            words.join(", ")
        ),
    };
    Answer {
        variants: Some(variants),
        sentence,
    }
}

/// Hundredths of a point as text: `87.50`.
pub(crate) fn points_text(hundredths: u64) -> String {
    format!("{}.{:02}", hundredths / 100, hundredths % 100)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::bench::{Ratio, Times};
    use crate::record::report::{Products, Report, Variants, WorkloadFigures};

    /// What was measured of a variant.
    #[derive(Clone, Copy)]
    struct Measured {
        bytes: u64,
        fuel: u64,
        instructions: Option<u64>,
        /// Median, and low and high end of the interval.
        ratio: Option<(f64, f64, f64)>,
        waste: Option<u64>,
        pages: u64,
        maturity: u64,
        one_shot: bool,
    }

    const PLAIN: Measured = Measured {
        bytes: 10_000,
        fuel: 1_000,
        instructions: None,
        ratio: None,
        waste: Some(0),
        pages: 10,
        maturity: 50,
        one_shot: false,
    };

    fn compare(variants: &[(&str, Measured)], reference: &str, timed: bool) -> Comparison {
        let report = include_str!("../../tests/fixtures/other.report.json");
        let report: Report = serde_json::from_str(report).expect("it is a report");
        let products = variants.iter().map(|(name, measured)| {
            let mut optimized = report.files[0].clone();
            optimized.raw_bytes = measured.bytes;
            let product = Products {
                component: None,
                optimized,
                contents: None,
                workloads: None,
            };
            ((*name).to_owned(), product)
        });
        let variants_read = Variants {
            tools: report.tools.clone(),
            products: products.collect(),
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
    fn policy(variants: &[(&str, Measured)], stays_within: &str) -> Policy {
        let mut text = format!(
            "default-variant = \"plain\"\n[decision]\nsize = 30\nthroughput = 20\nfragmentation = 20\n\
             reclamation = 15\nmaturity = 15\nstays-within = \"{stays_within}\"\nnotable-bytes = \"1 KiB\"\n\
             throughput-workload = \"mixed\"\nfragmentation-workload = \"mixed\"\nreclamation-workload = \"churn\"\n"
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

    fn decided(variants: &[(&str, Measured)], timed: bool, stays_within: &str) -> Decision {
        let comparison = compare(variants, "plain", timed);
        decide(&comparison, &policy(variants, stays_within)).expect("there is a rule")
    }

    fn points_of(decision: &Decision, variant: &str) -> ([u64; 5], u64) {
        let score = decision.scores.iter().find(|s| s.variant == variant);
        let score = score.expect("it is scored");
        (score.points.values(), score.total)
    }

    #[test]
    fn points_are_the_best_over_the_own() {
        let half = Measured {
            bytes: 20_000,
            fuel: 3_000,
            waste: Some(5_000),
            pages: 40,
            maturity: 90,
            ..PLAIN
        };
        let plain = |throughput| [10_000, throughput, 10_000, 10_000, 5_000];
        // 1/2, 1/3 of the fuel, 1/1.5 and 1/4; .30 x 50 + .20 x 33.33 + .20 x 66.67 + .15 x 25 + .15 x 90.
        let other = |throughput| [5_000, throughput, 6_667, 2_500, 9_000];
        let free = Measured { pages: 0, ..half };
        for (measured, ratio, expected_plain, expected, total) in [
            (half, None, plain(10_000), other(3_333), 5_225),
            // With times, fuel says nothing.
            (
                half,
                Some((1.25, 1.2, 1.3)),
                plain(10_000),
                other(8_000),
                6_158,
            ),
            (
                half,
                Some((0.8, 0.7, 0.9)),
                plain(8_000),
                other(10_000),
                6_558,
            ),
            // Ties are 1, at the interval's ends too.
            (
                half,
                Some((0.8, 0.7, 1.0)),
                plain(10_000),
                other(10_000),
                6_558,
            ),
            (
                half,
                Some((1.5, 1.0, 2.0)),
                plain(10_000),
                other(10_000),
                6_558,
            ),
            // What costs nothing has all points.
            (
                free,
                None,
                [10_000, 10_000, 10_000, 0, 5_000],
                [5_000, 3_333, 6_667, 10_000, 9_000],
                6_350,
            ),
        ] {
            // Without a ratio, times say nothing.
            let with_times: &[bool] = if ratio.is_some() {
                &[true]
            } else {
                &[false, true]
            };
            for &timed in with_times {
                let variants = [("plain", PLAIN), ("other", Measured { ratio, ..measured })];
                let decision = decided(&variants, timed, "0 %");
                assert_eq!(decision.missing, [""; 0], "{ratio:?}");
                let by = if ratio.is_some() {
                    ThroughputBy::TimeRatio
                } else {
                    ThroughputBy::Fuel
                };
                assert_eq!(decision.throughput_by, Some(by), "{ratio:?}");
                assert_eq!(points_of(&decision, "plain").0, expected_plain, "{ratio:?}");
                assert_eq!(
                    points_of(&decision, "other"),
                    (expected, total),
                    "{ratio:?}"
                );
            }
        }
    }

    #[test]
    fn instructions_count_before_times_and_what_is_near_the_reference_is_a_tie() {
        let timed = |instructions, ratio| Measured {
            instructions,
            ratio: Some(ratio),
            ..PLAIN
        };
        let slow = (2.0, 1.9, 2.1);
        let (counted, timed_only) = (ThroughputBy::Instructions, ThroughputBy::TimeRatio);
        let million = Some(1_000_000);
        for (plain, other, by, expected) in [
            (million, Some(800_000), counted, [8_000, 10_000]),
            (million, Some(2_000_000), counted, [10_000, 5_000]),
            // 0.1 % is noise, in both directions; what is beyond is not.
            (million, Some(1_001_000), counted, [10_000, 10_000]),
            (million, Some(999_000), counted, [10_000, 10_000]),
            (million, Some(1_001_001), counted, [10_000, 9_990]),
            (million, Some(998_999), counted, [9_990, 10_000]),
            // Not counted on all, or of a reference that took none.
            (million, None, timed_only, [10_000, 5_000]),
            (None, million, timed_only, [10_000, 5_000]),
            (Some(0), million, timed_only, [10_000, 5_000]),
        ] {
            let plain = Measured {
                instructions: plain,
                ..PLAIN
            };
            let decision = decided(
                &[("plain", plain), ("other", timed(other, slow))],
                true,
                "0 %",
            );
            assert_eq!(decision.throughput_by, Some(by), "{other:?}");
            let points = ["plain", "other"].map(|name| points_of(&decision, name).0[1]);
            assert_eq!(points, expected, "{other:?}");
        }
    }

    #[test]
    fn the_best_is_recommended_unless_the_default_is_near_or_it_is_one_shot() {
        let maturity = |maturity| Measured { maturity, ..PLAIN };
        let leaking = Measured {
            one_shot: true,
            ..maturity(100)
        };
        // All have 85 points and .15 of maturity.
        for (plain, others, within, expected, sentence) in [
            // 86.5 and 10 % are 95.15.
            (
                10,
                vec![("best", maturity(67))],
                "10 %",
                "plain",
                "plain stays the default: best scores highest of all, 95.05, but that is not more than 10.00 % above 86.50.",
            ),
            (
                10,
                vec![("best", maturity(68))],
                "10 %",
                "best",
                "best is recommended as the default: it scores highest of all, 95.20, which is more than 10.00 % above the 86.50 of plain.",
            ),
            // 100 is 17.647 % above 85.
            (
                0,
                vec![("best", maturity(100))],
                "17.65 %",
                "plain",
                "plain stays the default: best scores highest of all, 100.00, but that is not more than 17.65 % above 85.00.",
            ),
            (
                0,
                vec![("best", maturity(100))],
                "17.64 %",
                "best",
                "best is recommended as the default: it scores highest of all, 100.00, which is more than 17.64 % above the 85.00 of plain.",
            ),
            (
                100,
                vec![("a", maturity(100))],
                "0 %",
                "plain",
                "plain stays the default: it scores highest of all, 100.00.",
            ),
            (
                50,
                vec![("best", maturity(51))],
                "0 %",
                "best",
                "best is recommended as the default: it scores highest of all, 92.65, which is more than 0.00 % above the 92.50 of plain.",
            ),
            (
                50,
                vec![("leaking", leaking)],
                "0 %",
                "plain",
                "plain stays the default: it scores highest of what is not one-shot, 92.50.",
            ),
            (
                0,
                vec![
                    ("leaking", leaking),
                    ("b", maturity(90)),
                    ("a", maturity(90)),
                ],
                "10 %",
                "a",
                "a is recommended as the default: it scores highest of what is not one-shot, 98.50, which is more than 10.00 % above the 85.00 of plain.",
            ),
        ] {
            let variants = [vec![("plain", maturity(plain))], others].concat();
            let decision = decided(&variants, false, within);
            let recommendation = decision.recommendation.expect("all was measured");
            assert_eq!(recommendation.sentence, sentence);
            assert_eq!(recommendation.variant, expected, "{sentence}");
        }
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
        policy.variants.get_mut("pure").expect("a row").target = Some("there".to_owned());
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
        assert_eq!(decision.notably_smaller.variants, Some(Vec::new()));
        let expected = [
            "pure: it is built for there",
            "rebuilt: its standard library is rebuilt, by unstable flags",
        ];
        assert_eq!(decision.not_weighed, expected);
    }

    /// 80 points and 88, which is exactly 10 % above.
    #[test]
    fn the_default_stays_at_exactly_the_limit() {
        for (within, expected) in [("10 %", "plain"), ("9.99 %", "other")] {
            // .30 x 100 + .20 x 75 + .20 x 100 + .15 x 100
            let plain = Measured {
                fuel: 4_000,
                maturity: 0,
                ..PLAIN
            };
            // .30 x 100 + .20 x 100 + .20 x 100 + .15 x 20 + .15 x 100
            let other = Measured {
                fuel: 3_000,
                pages: 50,
                maturity: 100,
                ..PLAIN
            };
            let decision = decided(&[("plain", plain), ("other", other)], false, within);
            assert_eq!(points_of(&decision, "plain").1, 8_000);
            assert_eq!(points_of(&decision, "other").1, 8_800);
            let recommendation = decision.recommendation.expect("all was measured");
            assert_eq!(recommendation.variant, expected);
        }
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
                &["other has no report"],
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

    #[test]
    fn smaller_and_faster_is_beyond_the_noise_and_not_one_shot() {
        let other = |bytes, ratio| Measured {
            bytes,
            ratio: Some(ratio),
            ..PLAIN
        };
        let (faster, noise) = ((0.9, 0.85, 0.99), (0.9, 0.8, 1.0));
        let untimed = Measured {
            ratio: None,
            ..other(8_000, faster)
        };
        let one_shot = Measured {
            one_shot: true,
            ..other(8_000, faster)
        };
        for (measured, reference, faster, notable) in [
            (other(8_976, faster), "plain", Some(true), true),
            (other(8_977, faster), "plain", Some(true), false),
            (other(10_000, faster), "plain", Some(false), false),
            (other(9_999, noise), "plain", Some(false), false),
            (other(8_000, (1.2, 1.1, 1.3)), "plain", Some(false), true),
            (other(8_000, faster), "other", None, true),
            (untimed, "plain", None, true),
            (one_shot, "plain", Some(false), true),
        ] {
            let variants = [("plain", PLAIN), ("other", measured)];
            let comparison = compare(&variants, reference, true);
            let decision =
                decide(&comparison, &policy(&variants, "10 %")).expect("there is a rule");
            let names = |is: bool| {
                if is {
                    vec!["other".to_owned()]
                } else {
                    Vec::new()
                }
            };
            let sentence = &decision.smaller_and_faster.sentence;
            assert_eq!(
                decision.smaller_and_faster.variants,
                faster.map(names),
                "{sentence}"
            );
            let sentence = &decision.notably_smaller.sentence;
            assert_eq!(
                decision.notably_smaller.variants,
                Some(names(notable)),
                "{sentence}"
            );
        }
    }
}
