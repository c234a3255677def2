//! Recorded start-up times beside the policy's targets. Nothing fails by them: times depend on the machine.

use serde::Serialize;

use crate::measure::Comparison;
use crate::measure::startup::Start;
use crate::policy::StartupTargets;
use crate::recorded::RecordedStart;

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
    /// Whether 99 % of the starts are within the target.
    pub holds: bool,
}

impl StartupVerdict {
    /// What is recorded of the default variant beside `targets`; none where nothing is.
    pub fn of(comparison: &Comparison, targets: StartupTargets) -> Option<Self> {
        const NS_PER_MS: u64 = 1_000_000;
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
                holds: start.p99_ns <= target_ms.saturating_mul(NS_PER_MS),
            }
        });
        Some(StartupVerdict {
            starts: starts.collect(),
            call: startup.call.clone(),
            variant,
        })
    }
}
