//! Which variant the policy's weights speak for.

mod answers;
#[cfg(test)]
mod fixtures;
mod score;
mod types;

use crate::policy::{DecisionRule, Policy};
use crate::record::comparison::{Comparison, WorkloadComparison, WorkloadRow};
use answers::{notably_smaller, smaller_and_faster};
use score::{recommend, score};

pub use score::INSTRUCTION_NOISE;
pub use types::{
    Assessment, Decision, DecisionWorkloads, Lack, NotWeighed, Notable, NotablySmaller,
    Recommendation, Score, Smaller, SmallerAndFaster, ThroughputBy,
};

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
            .map(|name| NotWeighed {
                variant: name.to_owned(),
                apart: policy.apart(name),
            })
            .filter(|variant| !variant.apart.is_empty())
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
    missing: &mut Vec<Lack>,
) -> Vec<Candidate<'a>> {
    let mut lacks = |lack: Lack| {
        if !missing.contains(&lack) {
            missing.push(lack);
        }
    };
    let mut workload = |name: &str| {
        let outcome = comparison.workload(name);
        if outcome.is_none() {
            lacks(Lack::Workload {
                workload: name.to_owned(),
            });
        }
        outcome
    };
    let throughput = workload(&rule.throughput_workload);
    let wasting = workload(&rule.waste_workload);
    let reclamation = workload(&rule.reclamation_workload);
    let mut candidates = Vec::new();
    for (name, variant) in &policy.variants {
        let name = name.get_ref().as_str();
        if !policy.apart(name).is_empty() {
            continue;
        }
        let variant_name = || name.to_owned();
        let sizes = comparison.row(name);
        if sizes.is_none() {
            lacks(Lack::Measurements {
                variant: variant_name(),
            });
        }
        let mut on = |outcome: Option<&'a WorkloadComparison>| {
            let outcome = outcome?;
            let row = outcome.on(name);
            if row.is_none() {
                lacks(Lack::Run {
                    variant: variant_name(),
                    workload: outcome.workload.clone(),
                });
            }
            row
        };
        let (throughput, reclamation) = (on(throughput), on(reclamation));
        let waste = on(wasting);
        let wasted = waste.and_then(|row| row.figures.waste_basis_points);
        if waste.is_some() && wasted.is_none() {
            lacks(Lack::Waste {
                variant: variant_name(),
                workload: rule.waste_workload.clone(),
            });
        }
        let stated = (variant.maturity.as_ref()).zip(variant.maturity_facts.as_deref());
        if stated.is_none() {
            lacks(Lack::Maturity {
                variant: variant_name(),
            });
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
mod tests {
    use super::fixtures::{PLAIN, TestVariant, compare, points_of, policy};
    use super::*;
    use crate::policy::{Apart, Std};

    #[test]
    fn another_target_or_std_is_not_weighed() {
        let best = TestVariant {
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
        row.std = Std::Rebuilt;
        row.maturity = None;
        let decision =
            decide(&compare(&variants, "plain", true), &policy).expect("there is a rule");
        assert_eq!(decision.missing, []);
        assert_eq!(
            points_of(&decision, "plain").0,
            [10_000, 10_000, 10_000, 10_000, 5_000]
        );
        assert_eq!(decision.scores.len(), 1);
        assert_eq!(decision.smaller_and_faster.variants, Some(Vec::new()));
        assert_eq!(decision.notably_smaller.variants, []);
        let not_weighed = |variant: &str, apart| NotWeighed {
            variant: variant.to_owned(),
            apart: vec![apart],
        };
        let there = Some("there".to_owned());
        let expected = [
            not_weighed("pure", Apart::Target { target: there }),
            not_weighed("rebuilt", Apart::Std { std: Std::Rebuilt }),
        ];
        assert_eq!(decision.not_weighed, expected);
    }

    #[test]
    fn what_was_not_measured_is_not_decided() {
        let variants = [("plain", PLAIN), ("other", PLAIN)];
        let policy_of_both = policy(&variants, "10 %");
        let whole = || compare(&variants, "plain", false);
        type Take = fn(&mut Comparison);
        let (other, mixed) = (|| "other".to_owned(), || "mixed".to_owned());
        let not_run = |workload: &str| Lack::Workload {
            workload: workload.to_owned(),
        };
        let cases: [(Take, &[Lack]); 6] = [
            (|_| (), &[]),
            (
                |c| c.workloads.clear(),
                &[not_run("mixed"), not_run("churn")],
            ),
            (|c| c.workloads.truncate(1), &[not_run("churn")]),
            (
                |c| c.rows.retain(|row| row.variant == "plain"),
                &[Lack::Measurements { variant: other() }],
            ),
            (
                |c| c.workloads[0].variants.truncate(1),
                &[Lack::Run {
                    variant: other(),
                    workload: mixed(),
                }],
            ),
            (
                |c| c.workloads[0].variants[1].figures.waste_basis_points = None,
                &[Lack::Waste {
                    variant: other(),
                    workload: mixed(),
                }],
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
