//! Measurements against limits and records: the only place that knows what pass and fail mean.

mod bans;
mod baseline;
mod budget;
mod comment;
mod decision;
mod kept;
mod lint;
mod memory;
mod native;
mod report;
mod sameness;
pub mod since;
mod startup;
mod verification;

pub use bans::{BanSearch, BanVerdict, Banned, Unsearched, find_banned, find_not_allowed};
pub use baseline::{
    BaselineVerdict, Change, ChangeKind, Drift, Grade, Grown, Growth, Tolerance, Unknown,
    compare_with_baseline,
};
pub use budget::{Finding, Heaviest, Measured, Quantity, Unmeasured, Verdict, judge};
pub use comment::{Comment, CommentAction, Event, Pull, Skipped, decide_comment, pull_of};
pub use decision::{
    Assessment, Decision, DecisionWorkloads, INSTRUCTION_NOISE, Lack, NotWeighed, Notable,
    NotablySmaller, Recommendation, Score, Smaller, SmallerAndFaster, ThroughputBy, decide,
};
pub use kept::{Kept, KeptOutcome, KeptSection};
pub use lint::{Lint, LintFinding, lint};
pub use memory::{MemoryFinding, MemoryLimit, MemoryVerdict};
pub use native::{GoalFinding, NativeFinding, NativeGoal, NativeVerdict};
pub use report::{JudgedReport, seal};
pub use sameness::{ComparedSection, SameOutcome, Sameness};
pub use startup::{StartAssessment, StartupAssessment};
pub use verification::{
    CheckedClaim, Claim, Figure, NumberedStage, Recomputed, Verification, verify,
};
