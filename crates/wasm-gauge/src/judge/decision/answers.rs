//! Questions about the variants that no score answers.

use super::{Notable, NotablySmaller, Smaller, SmallerAndFaster};
use crate::policy::{DecisionRule, Policy, Variant};
use crate::record::comparison::Comparison;

/// The variants that are weighed against `default`, with their bytes, none where they were not measured.
fn others<'a>(
    comparison: &'a Comparison,
    policy: &'a Policy,
    default: &'a str,
) -> impl Iterator<Item = (&'a str, &'a Variant, Option<u64>)> {
    let variants = policy.variants.iter();
    variants
        .filter(move |(name, _)| {
            name.get_ref() != default && policy.apart(name.get_ref()).is_empty()
        })
        .map(|(name, variant)| {
            let name = name.get_ref().as_str();
            let row = comparison.row(name);
            let bytes = row.map(|row| row.products.optimized.raw_bytes);
            (name, variant, bytes)
        })
}

pub(super) fn smaller_and_faster(
    comparison: &Comparison,
    policy: &Policy,
    rule: &DecisionRule,
    default: &str,
    default_bytes: u64,
) -> SmallerAndFaster {
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
    let smaller = lasting()
        .filter_map(|(name, _, bytes)| {
            let saved = default_bytes.checked_sub(bytes?)?;
            let ratio = outcome?.on(name)?.times.as_ref()?.ratio.clone()?;
            (saved > 0).then(|| Smaller {
                variant: name.to_owned(),
                saved_bytes: saved,
                ratio,
            })
        })
        .collect();
    SmallerAndFaster {
        workload: workload.clone(),
        variants,
        smaller,
    }
}

pub(super) fn notably_smaller(
    comparison: &Comparison,
    policy: &Policy,
    rule: &DecisionRule,
    default: &str,
    default_bytes: u64,
) -> NotablySmaller {
    let notable = rule.notable_bytes.0;
    let variants = others(comparison, policy, default).filter_map(|(name, variant, bytes)| {
        let saved = default_bytes.checked_sub(bytes?)?;
        (saved >= notable).then(|| Notable {
            variant: name.to_owned(),
            saved_bytes: saved,
            one_shot: variant.one_shot,
        })
    });
    NotablySmaller {
        notable_bytes: notable,
        variants: variants.collect(),
    }
}

#[cfg(test)]
mod tests {
    use crate::judge::decision::decide;
    use crate::judge::decision::fixtures::{PLAIN, TestVariant, compare, policy};

    #[test]
    fn smaller_and_faster_is_beyond_the_noise_and_not_one_shot() {
        let other = |bytes, ratio| TestVariant {
            bytes,
            ratio: Some(ratio),
            ..PLAIN
        };
        let (faster, noise) = ((0.9, 0.85, 0.99), (0.9, 0.8, 1.0));
        let untimed = TestVariant {
            ratio: None,
            ..other(8_000, faster)
        };
        let one_shot = TestVariant {
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
            let answer = &decision.smaller_and_faster;
            assert_eq!(answer.variants, faster.map(names), "{answer:?}");
            let notably = &decision.notably_smaller.variants;
            let found: Vec<_> = notably.iter().map(|found| found.variant.clone()).collect();
            assert_eq!(found, names(notable), "{notably:?}");
        }
    }
}
