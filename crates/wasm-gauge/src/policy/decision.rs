//! What decides between the variants.

use serde::{Deserialize, Serialize};

use super::Policy;
use super::file::TomlFile;
use crate::Result;
use crate::units::{Percent, Size};

/// What decides between the variants.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct DecisionRule {
    /// Weight of the bytes that ship, in percent.
    pub size: u64,
    /// Weight of how long a workload takes, in percent.
    pub throughput: u64,
    /// Weight of what the heap has beyond the peak of live bytes, in percent.
    pub waste: u64,
    /// Weight of the pages that a workload ends with, in percent.
    pub reclamation: u64,
    /// Weight of the stated maturity, in percent.
    pub maturity: u64,
    /// The default variant stays when the best score is not above its own by more than this share of it.
    pub stays_within: Percent,
    /// Which variants are named for being smaller: those by at least so many bytes.
    pub notable_bytes: Size,
    /// The workload whose time or fuel is the throughput.
    pub throughput_workload: String,
    /// The workload whose waste is weighed.
    pub waste_workload: String,
    /// The workload whose pages tell what is reclaimed.
    pub reclamation_workload: String,
}

impl DecisionRule {
    /// The weights, which add up to 100.
    pub fn weights(&self) -> Criteria {
        Criteria {
            size: self.size,
            throughput: self.throughput,
            waste: self.waste,
            reclamation: self.reclamation,
            maturity: self.maturity,
        }
    }
}

/// One number for each criterion of a decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Criteria {
    /// For the bytes that ship.
    pub size: u64,
    /// For how long a workload takes.
    pub throughput: u64,
    /// For what the heap has beyond the peak of live bytes.
    pub waste: u64,
    /// For the pages that a workload ends with.
    pub reclamation: u64,
    /// For the stated maturity.
    pub maturity: u64,
}

impl Criteria {
    /// The numbers in the order above.
    pub fn values(&self) -> [u64; 5] {
        [
            self.size,
            self.throughput,
            self.waste,
            self.reclamation,
            self.maturity,
        ]
    }
}

impl Policy {
    /// Whether the weights add up, and every variant has what the decision needs of a policy.
    pub(super) fn check_decision(&self, file: &TomlFile) -> Result<()> {
        let maturities = self.variants.values().flat_map(|v| &v.maturity);
        for maturity in maturities {
            if *maturity.get_ref() > 100 {
                let reason = format!("maturity is 0 to 100, not {}", maturity.get_ref());
                return Err(file.error(Some(maturity.span()), &reason));
            }
        }
        let Some(decision) = &self.decision else {
            return Ok(());
        };
        let wrong = |reason: &str| Err(file.error(Some(decision.span()), reason));
        let weights = decision.get_ref().weights().values().into_iter();
        let sum = weights.fold(0, u64::saturating_add);
        if sum != 100 {
            return wrong(&format!(
                "the weights size, throughput, waste, reclamation and maturity add up to {sum}, not to 100"
            ));
        }
        let Some(default) = &self.default_variant else {
            return wrong("a decision is about the default-variant, and there is none");
        };
        for (name, variant) in &self.variants {
            let lacks = match (&variant.maturity, &variant.maturity_facts) {
                _ if !self.apart(name.get_ref()).is_empty() => continue,
                (None, _) => "maturity, from 0 to 100",
                (_, None) => "maturity-facts, what its maturity rests on",
                _ if variant.one_shot && name == default => {
                    return wrong(&format!(
                        "the default variant `{name}` is one-shot, which is never recommended"
                    ));
                }
                _ => continue,
            };
            let reason = format!("variant `{name}`: [decision] needs its {lacks}");
            return Err(file.error(Some(name.span()), &reason));
        }
        Ok(())
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::policy::tests::load;

    pub const DECISION: &str = "[decision]\nsize = 30\nthroughput = 20\nwaste = 20\nreclamation = 15\n\
        maturity = 15\nstays-within = \"10 %\"\nnotable-bytes = \"1 KiB\"\nthroughput-workload = \"mixed\"\n\
        waste-workload = \"mixed\"\nreclamation-workload = \"churn\"\n";

    #[test]
    fn a_decision_needs_weights_that_add_up_and_a_judgement_of_every_variant() {
        let default = "default-variant = \"a\"\n";
        let variant = "[variants.a]\nsummary = \"A\"\nmaturity = 100\nmaturity-facts = \"old\"\n";
        let all = format!("{default}{DECISION}{variant}");
        let policy = load(&all, None).expect("it is right");
        let decision = policy.decision.expect("it is there").into_inner();
        assert_eq!(decision.weights().values(), [30, 20, 20, 15, 15]);
        assert_eq!(decision.notable_bytes, Size(1024));
        for (from, to, expected) in [
            (
                "size = 30",
                "size = 31",
                "gauge.toml:2:1: the weights size, throughput, waste, reclamation and maturity add up to 101, not to 100",
            ),
            (
                "size = 30",
                "size = -1",
                "gauge.toml:3:8: invalid value: integer `-1`, expected u64",
            ),
            ("size = 30\n", "", "gauge.toml:2:1: missing field `size`"),
            (
                "stays-within = \"10 %\"",
                "stays-within = 10",
                "gauge.toml:8:16: `10` is not a share: write 0 to 100 with at most two decimals and %, as in \"5 %\"",
            ),
            (
                "default-variant = \"a\"",
                "",
                "gauge.toml:2:1: a decision is about the default-variant, and there is none",
            ),
            (
                "maturity = 100\n",
                "",
                "gauge.toml:13:11: variant `a`: [decision] needs its maturity, from 0 to 100",
            ),
            (
                "maturity-facts = \"old\"\n",
                "",
                "gauge.toml:13:11: variant `a`: [decision] needs its maturity-facts, what its maturity rests on",
            ),
            (
                "maturity = 100",
                "maturity = 101",
                "gauge.toml:15:12: maturity is 0 to 100, not 101",
            ),
            (
                "maturity = 100",
                "one-shot = true\nmaturity = 100",
                "gauge.toml:2:1: the default variant `a` is one-shot, which is never recommended",
            ),
        ] {
            let text = all.replace(from, to);
            assert_ne!(text, all, "{from}");
            assert_eq!(load(&text, None).expect_err(to), expected, "{to}");
        }
    }
}
