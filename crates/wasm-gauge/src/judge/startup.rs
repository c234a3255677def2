//! Recorded start-up times beside the policy's targets. Nothing fails by them: times depend on the machine.

use serde::Serialize;

use crate::measure::startup::Start;
use crate::policy::StartupTargets;
use crate::record::comparison::Comparison;
use crate::record::costs::RecordedStart;

/// The start-up times of one variant beside the targets.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct StartupVerdict {
    /// The variant.
    pub variant: String,
    /// The first call; none where it ends with an instance.
    pub call: Option<String>,
    /// One for each way to start.
    pub starts: Vec<StartVerdict>,
}

/// One way to start beside its target.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct StartVerdict {
    /// What was measured.
    #[serde(flatten)]
    pub start: RecordedStart,
    /// The target, in ms.
    pub target_ms: u64,
    /// How many percent of the starts at least are within the target, of 99, 90 and 50; none where it is fewer
    /// than half of them.
    pub within_percent: Option<u8>,
}

impl StartupVerdict {
    /// What is recorded of the default variant beside `targets`; none where nothing is.
    pub fn of(comparison: &Comparison, targets: StartupTargets) -> Option<Self> {
        let variant = comparison.default_variant.clone()?;
        let startup = comparison.row(&variant)?.startup.as_ref()?;
        let starts = startup.starts.iter().map(|start| {
            let target_ms = match start.start {
                Start::Cold | Start::Precompiled => targets.cold_ms,
                Start::Warm | Start::Pooled => targets.warm_ms,
            };
            StartVerdict {
                start: *start,
                target_ms,
                within_percent: within(start, target_ms),
            }
        });
        Some(StartupVerdict {
            starts: starts.collect(),
            call: startup.call.clone(),
            variant,
        })
    }
}

fn within(start: &RecordedStart, target_ms: u64) -> Option<u8> {
    const NS_PER_MS: u64 = 1_000_000;
    let target = target_ms.saturating_mul(NS_PER_MS);
    [(99, start.p99_ns), (90, start.p90_ns), (50, start.p50_ns)]
        .into_iter()
        .find(|(_, ns)| *ns <= target)
        .map(|(percent, _)| percent)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::Compiler;

    #[test]
    fn the_most_that_are_within_the_target_are_told() {
        for (p50_ns, p90_ns, p99_ns, expected) in [
            (1, 2, 5_000_000, Some(99)),
            (1, 5_000_000, 5_000_001, Some(90)),
            (5_000_000, 5_000_001, 5_000_001, Some(50)),
            (5_000_001, 5_000_001, 5_000_001, None),
        ] {
            let start = RecordedStart {
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
