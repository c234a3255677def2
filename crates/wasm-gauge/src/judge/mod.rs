//! Measurements against limits and records: the only place that knows what pass and fail mean.

mod bans;
mod baseline;
mod budget;
mod decision;
mod lint;
mod memory;
mod native;
mod startup;

pub use bans::{BanVerdict, Banned, Search, find_banned, find_not_allowed};
pub use baseline::{
    BaselineVerdict, Change, Difference, Drift, Grade, Grown, Growth, Tolerance, Unknown,
    compare_with_baseline,
};
pub use budget::{Finding, Heaviest, Measured, Quantity, Unmeasured, Verdict, judge};
pub use decision::{
    Assessment, Decision, DecisionWorkloads, INSTRUCTION_NOISE, Notable, NotablySmaller,
    Recommendation, Score, Smaller, SmallerAndFaster, ThroughputBy, decide,
};
pub use lint::{Lint, LintFinding, lint};
pub use memory::{MemoryFinding, MemoryLimit, MemoryVerdict};
pub use native::{Goal, GoalFinding, NativeFinding, NativeVerdict};
pub use startup::{StartAssessment, StartupAssessment};
