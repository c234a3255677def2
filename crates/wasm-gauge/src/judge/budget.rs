//! Measurements against the limits of a budget.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::measure::{Item, Profile, Share};
use crate::policy::Budget;
use crate::units::{Percent, Size};

/// What was measured of one product.
#[derive(Clone, Copy, Debug)]
pub struct Measured {
    /// Bytes of the binary before wasm-opt, where that was given.
    pub unoptimized: Option<u64>,
    /// Bytes of the binary that ships.
    pub optimized: u64,
    /// Bytes of the binary that ships through `gzip -9`, where that was measured.
    pub optimized_gzip: Option<u64>,
}

/// One limit and whether it holds.
#[derive(Debug, PartialEq, Eq, Deserialize, Serialize, schemars::JsonSchema)]
pub struct Finding {
    /// The limit's key in the policy file.
    pub name: Cow<'static, str>,
    /// What `measured` and `limit` count.
    pub unit: Quantity,
    /// What was measured, in `unit`.
    pub measured: i64,
    /// The limit in `unit`, inclusive.
    pub limit: i64,
    /// Whether the limit holds.
    pub holds: bool,
}

/// What an amount counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Quantity {
    /// Bytes; the limit is a maximum.
    Bytes,
    /// Hundredths of a percent, rounded down; the limit is a minimum.
    BasisPoints,
}

/// All findings about one file.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct Verdict {
    /// The file's name without its folders.
    pub file: String,
    /// One for each limit.
    pub findings: Vec<Finding>,
    /// Where a limit is broken and the names are known: what to look at first.
    pub heaviest: Option<Heaviest>,
}

/// What weighs most in a file.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct Heaviest {
    /// The heaviest crates, at most 5; what is not code by what it is.
    pub crates: Vec<Share>,
    /// The heaviest functions, at most 10.
    pub functions: Vec<Item>,
}

impl Heaviest {
    /// What weighs most in `profile`, or `None` when it has functions and not one has a name.
    pub fn of(profile: &Profile) -> Option<Self> {
        let named = profile.functions == 0 || profile.unnamed_functions < profile.functions;
        let (crates, functions) = profile.heaviest(5, 10);
        named.then(|| Heaviest {
            crates: crates.to_vec(),
            functions: functions.cloned().collect(),
        })
    }
}

impl Verdict {
    /// Whether all limits hold.
    pub fn holds(&self) -> bool {
        self.findings.iter().all(|finding| finding.holds)
    }
}

/// A limit on something that was not measured: neither pass nor fail.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{limit}` is limited, but {what} was not measured")]
pub struct Unmeasured {
    limit: &'static str,
    what: &'static str,
}

/// Holds `measured` against each limit that `budget` has.
///
/// # Errors
/// [`Unmeasured`] when a limit is about something that was not measured.
pub fn judge(measured: &Measured, budget: &Budget) -> Result<Vec<Finding>, Unmeasured> {
    let unmeasured = |limit, what| move || Unmeasured { limit, what };
    let mut findings = Vec::new();
    if let Some(limit) = budget.unoptimized {
        let unoptimized = measured
            .unoptimized
            .ok_or_else(unmeasured("unoptimized", "the binary before wasm-opt"))?;
        findings.push(at_most("unoptimized", unoptimized, limit));
    }
    if let Some(limit) = budget.optimized {
        findings.push(at_most("optimized", measured.optimized, limit));
    }
    if let Some(limit) = budget.optimized_gzip {
        let gzip = measured
            .optimized_gzip
            .ok_or_else(unmeasured("optimized-gzip", "the compressed size"))?;
        findings.push(at_most("optimized-gzip", gzip, limit));
    }
    if let Some(limit) = budget.min_reduction {
        let unoptimized = measured
            .unoptimized
            .ok_or_else(unmeasured("min-reduction", "the binary before wasm-opt"))?;
        findings.push(reduced(unoptimized, measured.optimized, limit));
    }
    Ok(findings)
}

/// Whether `measured` bytes are within `limit`.
pub(super) fn at_most(name: &'static str, measured: u64, limit: Size) -> Finding {
    Finding {
        name: name.into(),
        unit: Quantity::Bytes,
        measured: amount(measured),
        limit: amount(limit.0),
        holds: measured <= limit.0,
    }
}

/// The reduction in basis points is rounded down, which changes no verdict: the limit is a whole
/// number of them.
fn reduced(unoptimized: u64, optimized: u64, limit: Percent) -> Finding {
    let saved = i128::from(unoptimized) - i128::from(optimized);
    let points = (saved * 10_000).div_euclid(i128::from(unoptimized.max(1)));
    let measured = i64::try_from(points).unwrap_or(i64::MIN);
    let limit = i64::from(limit.basis_points());
    Finding {
        name: "min-reduction".into(),
        unit: Quantity::BasisPoints,
        measured,
        limit,
        holds: measured >= limit,
    }
}

/// Bytes as a signed amount; no file has 2^63 of them.
fn amount(bytes: u64) -> i64 {
    i64::try_from(bytes).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn budget(unoptimized: &str, optimized: &str, gzip: &str, reduction: &str) -> Budget {
        Budget {
            unoptimized: unoptimized.parse().ok(),
            optimized: optimized.parse().ok(),
            optimized_gzip: gzip.parse().ok(),
            min_reduction: reduction.parse().ok(),
        }
    }

    #[test]
    fn limits_are_exact_and_inclusive() {
        let all = budget("350 KiB", "300 KiB", "120 KiB", "5 %");
        let within = (358_400, 307_200, 122_880);
        for ((unoptimized, optimized, gzip), budget, broken) in [
            (within, &all, &[][..]),
            ((358_401, 307_200, 122_880), &all, &["unoptimized"]),
            ((358_400, 307_201, 122_880), &all, &["optimized"]),
            ((358_400, 307_200, 122_881), &all, &["optimized-gzip"]),
            // 5 % of 100,000 are 5,000.
            ((100_000, 95_000, 0), &all, &[]),
            ((100_000, 95_001, 0), &all, &["min-reduction"]),
            // 14.2857... % off is less than 14.29 %.
            ((7, 6, 0), &budget("", "", "", "14.28 %"), &[]),
            (
                (7, 6, 0),
                &budget("", "", "", "14.29 %"),
                &["min-reduction"],
            ),
            // Growth is no reduction, not even one of 0 %.
            ((100_000, 100_000, 0), &budget("", "", "", "0 %"), &[]),
            (
                (100_000, 100_001, 0),
                &budget("", "", "", "0 %"),
                &["min-reduction"],
            ),
            ((u64::MAX, 0, 0), &budget("", "", "", "100 %"), &[]),
            (
                (1, u64::MAX, 0),
                &budget("", "", "", "0 %"),
                &["min-reduction"],
            ),
            (
                (400_000, 400_000, 200_000),
                &all,
                &[
                    "unoptimized",
                    "optimized",
                    "optimized-gzip",
                    "min-reduction",
                ],
            ),
        ] {
            let measured = Measured {
                unoptimized: Some(unoptimized),
                optimized,
                optimized_gzip: Some(gzip),
            };
            let findings = judge(&measured, budget).expect("everything was measured");
            let failed: Vec<_> = findings
                .iter()
                .filter(|finding| !finding.holds)
                .map(|finding| finding.name.clone())
                .collect();
            assert_eq!(failed, broken, "{measured:?}");
        }
    }

    #[test]
    fn what_was_not_measured_is_not_judged() {
        let measured = Measured {
            unoptimized: None,
            optimized: 1,
            optimized_gzip: None,
        };
        for (limits, unmeasured) in [
            (budget("1 B", "", "", ""), Some("unoptimized")),
            (budget("", "", "1 B", ""), Some("optimized-gzip")),
            (budget("", "", "", "1 %"), Some("min-reduction")),
            (budget("", "1 B", "", ""), None),
        ] {
            let limit = judge(&measured, &limits).err().map(|error| error.limit);
            assert_eq!(limit, unmeasured);
        }
    }
}
