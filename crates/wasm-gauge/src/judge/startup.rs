//! Recorded start-up times beside the policy's goals. Nothing fails by them: times depend on the machine.

use serde::Serialize;

use crate::measure::startup::Start;
use crate::policy::StartupGoals;
use crate::record::comparison::Comparison;
use crate::record::costs::StartCosts;

/// The start-up times of one variant beside the goals.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct StartupAssessment {
    /// The variant.
    pub variant: String,
    /// The first call; none where it ends with an instance.
    pub call: Option<String>,
    /// One for each way to start.
    pub starts: Vec<StartAssessment>,
}

/// One way to start beside its goal.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct StartAssessment {
    /// What was measured.
    #[serde(flatten)]
    pub start: StartCosts,
    /// The goal, in ms.
    pub goal_ms: u64,
    /// How many percent of the starts at least are within the goal, of 99, 90 and 50; none where it is fewer
    /// than half of them.
    pub within_percent: Option<u8>,
}

impl StartupAssessment {
    /// What is recorded of the default variant beside `goals`; none where nothing is.
    pub fn of(comparison: &Comparison, goals: StartupGoals) -> Option<Self> {
        let variant = comparison.default_variant.clone()?;
        let startup = comparison.row(&variant)?.startup.as_ref()?;
        let starts = startup.starts.iter().map(|start| {
            let goal_ms = match start.start {
                Start::Cold | Start::Precompiled => goals.cold_ms,
                Start::Warm | Start::Pooled => goals.warm_ms,
            };
            StartAssessment {
                start: *start,
                goal_ms,
                within_percent: within(start, goal_ms),
            }
        });
        Some(StartupAssessment {
            starts: starts.collect(),
            call: startup.call.clone(),
            variant,
        })
    }
}

fn within(start: &StartCosts, goal_ms: u64) -> Option<u8> {
    const NS_PER_MS: u64 = 1_000_000;
    let goal = goal_ms.saturating_mul(NS_PER_MS);
    [(99, start.p99_ns), (90, start.p90_ns), (50, start.p50_ns)]
        .into_iter()
        .find(|(_, ns)| *ns <= goal)
        .map(|(percent, _)| percent)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::Compiler;

    #[test]
    fn the_most_that_are_within_the_goal_are_told() {
        for (p50_ns, p90_ns, p99_ns, expected) in [
            (1, 2, 5_000_000, Some(99)),
            (1, 5_000_000, 5_000_001, Some(90)),
            (5_000_000, 5_000_001, 5_000_001, Some(50)),
            (5_000_001, 5_000_001, 5_000_001, None),
        ] {
            let start = StartCosts {
                compiler: Compiler::Winch,
                start: Start::Cold,
                repetitions: 100,
                artifact_bytes: 0,
                p50_ns,
                p90_ns,
                p99_ns,
            };
            assert_eq!(within(&start, 5), expected, "{p50_ns} {p90_ns} {p99_ns}");
        }
    }
}
