//! What is decided, and what it rests on.

use serde::Serialize;

use crate::judge::StartupAssessment;
use crate::measure::bench::Ratio;
use crate::policy::{Apart, Criteria};
use crate::record::comparison::Comparison;

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
    /// The variants that no decision is made about.
    pub not_weighed: Vec<NotWeighed>,
    /// The workloads that criteria are taken from.
    pub workloads: DecisionWorkloads,
    /// What was not measured: as long as that is so, there are no scores.
    pub missing: Vec<Lack>,
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

/// A variant that is more than another choice of allocator or optimisation.
#[derive(Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct NotWeighed {
    /// The variant.
    pub variant: String,
    /// What sets it apart from the default.
    pub apart: Vec<Apart>,
}

/// Something that was not measured, without which nothing is decided.
#[derive(Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(tag = "lacks", rename_all = "kebab-case")]
pub enum Lack {
    /// A workload was not run.
    Workload {
        /// The workload.
        workload: String,
    },
    /// A variant was not measured.
    Measurements {
        /// The variant.
        variant: String,
    },
    /// A variant did not run a workload.
    Run {
        /// The variant.
        variant: String,
        /// The workload.
        workload: String,
    },
    /// A variant has no waste on a workload: that takes a traced build.
    Waste {
        /// The variant.
        variant: String,
        /// The workload.
        workload: String,
    },
    /// The policy does not state how mature a variant is.
    Maturity {
        /// The variant.
        variant: String,
    },
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
