//! What the variants score, and which of them is recommended.
//!
//! Each criterion gives 0 to 100 points, in hundredths and rounded to the nearest:
//!
//! - size: 100 x smallest / own bytes that ship
//! - throughput: 100 x least / own instructions, where these were not counted time ratio, and where times were
//!   not taken either, fuel. Instructions that differ from the reference's by at most [`INSTRUCTION_NOISE`]
//!   count as the reference's. A time ratio is a median; one whose interval contains 1 counts as 1. Both are a
//!   tie with the reference
//! - waste: 100 x (1 + least waste) / (1 + own waste)
//! - reclamation: 100 x fewest / own pages
//! - maturity: as the policy states it
//!
//! The score is the sum of the points, each times its weight, over 100, rounded to the nearest hundredth.
//! Scores are compared as they are shown.

use std::cmp::Reverse;

use super::{Candidate, Recommendation, Score, ThroughputBy};
use crate::policy::{Criteria, DecisionRule};
use crate::record::comparison::Comparison;

/// What the same instructions, counted again, can differ by, in millionths: 0.1 %.
pub const INSTRUCTION_NOISE: u64 = 1_000;

/// A ratio of 1, in millionths.
const ONE: u64 = 1_000_000;

/// What all `candidates` score, the best first; of equals the default, then the smallest, then by name.
pub(super) fn score(
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
    let waste = costs(|candidate| candidate.waste.saturating_add(10_000));
    let reclamation = costs(|candidate| candidate.pages);
    let mut scores: Vec<(u64, Score)> = candidates
        .iter()
        .enumerate()
        .map(|(index, candidate)| {
            let points = Criteria {
                size: size[index],
                throughput: throughput[index],
                waste: waste[index],
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

pub(super) fn recommend(
    scores: &[Score],
    default: &str,
    rule: &DecisionRule,
) -> Option<Recommendation> {
    let best = scores.iter().find(|score| !score.one_shot)?;
    let own = scores.iter().find(|score| score.variant == default)?.total;
    let limit = u128::from(own) * (10_000 + u128::from(rule.stays_within.basis_points()));
    let within = u128::from(best.total) * 10_000 <= limit;
    let variant = if within { default } else { &best.variant };
    Some(Recommendation {
        variant: variant.to_owned(),
        highest: best.variant.clone(),
        stays_within_basis_points: rule.stays_within.basis_points(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judge::decision::fixtures::{PLAIN, TestVariant, decided, points_of};

    #[test]
    fn points_are_the_best_over_the_own() {
        let half = TestVariant {
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
        let free = TestVariant { pages: 0, ..half };
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
                let variants = [
                    ("plain", PLAIN),
                    ("other", TestVariant { ratio, ..measured }),
                ];
                let decision = decided(&variants, timed, "0 %");
                assert_eq!(decision.missing, [], "{ratio:?}");
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
        let timed = |instructions, ratio| TestVariant {
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
            let plain = TestVariant {
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
        let maturity = |maturity| TestVariant { maturity, ..PLAIN };
        let leaking = TestVariant {
            one_shot: true,
            ..maturity(100)
        };
        // All have 85 points and .15 of maturity.
        for (plain, others, within, expected, highest) in [
            // 86.5 and 10 % are 95.15.
            (10, vec![("best", maturity(67))], "10 %", "plain", "best"),
            (10, vec![("best", maturity(68))], "10 %", "best", "best"),
            // 100 is 17.647 % above 85.
            (0, vec![("best", maturity(100))], "17.65 %", "plain", "best"),
            (0, vec![("best", maturity(100))], "17.64 %", "best", "best"),
            (100, vec![("a", maturity(100))], "0 %", "plain", "plain"),
            (50, vec![("best", maturity(51))], "0 %", "best", "best"),
            (50, vec![("leaking", leaking)], "0 %", "plain", "plain"),
            (
                0,
                vec![
                    ("leaking", leaking),
                    ("b", maturity(90)),
                    ("a", maturity(90)),
                ],
                "10 %",
                "a",
                "a",
            ),
        ] {
            let variants = [vec![("plain", maturity(plain))], others].concat();
            let decision = decided(&variants, false, within);
            let recommendation = decision.recommendation.expect("all was measured");
            assert_eq!(recommendation.highest, highest);
            assert_eq!(recommendation.variant, expected, "{highest}");
        }
    }

    /// 80 points and 88, which is exactly 10 % above.
    #[test]
    fn the_default_stays_at_exactly_the_limit() {
        for (within, expected) in [("10 %", "plain"), ("9.99 %", "other")] {
            // .30 x 100 + .20 x 75 + .20 x 100 + .15 x 100
            let plain = TestVariant {
                fuel: 4_000,
                maturity: 0,
                ..PLAIN
            };
            // .30 x 100 + .20 x 100 + .20 x 100 + .15 x 20 + .15 x 100
            let other = TestVariant {
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
}
