//! What variants cost on one machine: instructions, times and start-up times. On another machine, or at another
//! time, they come out otherwise, so they are recorded and never judged.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::engine::Compiler;
use crate::measure::bench::{Bench, Times};
use crate::measure::startup::{Start, Startup};

/// Costs of variants, all of one machine.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Costs {
    /// The machine, in words.
    pub machine: String,
    /// The variant that times are compared with.
    pub reference: String,
    /// By variant.
    pub variants: BTreeMap<String, VariantCosts>,
}

/// Costs of one variant.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct VariantCosts {
    /// SHA-256 of the binary that shipped when it was recorded: start-up is of that.
    pub sha256: String,
    /// SHA-256 of the build that workloads were run on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub workload_build: Option<String>,
    /// How long it takes until it answers, where that was measured.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub startup: Option<StartupCosts>,
    /// By workload.
    pub workloads: BTreeMap<String, WorkloadCosts>,
}

/// What one workload costs on one variant.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WorkloadCosts {
    /// Instructions of the measured calls, where they were counted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instructions: Option<u64>,
    /// How long they take, where that was measured.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub times: Option<Times>,
}

/// How long it takes from the bytes of a binary to its first answer.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StartupCosts {
    /// The first call; none where it ends with an instance.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub call: Option<String>,
    /// One for each way to start.
    pub starts: Vec<StartCosts>,
}

/// One way to start, from its beginning to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StartCosts {
    /// What makes the machine code.
    pub compiler: Compiler,
    /// Where the machine code comes from.
    pub start: Start,
    /// How often it was repeated.
    pub repetitions: u64,
    /// Bytes of the machine code as it is kept.
    pub artifact_bytes: u64,
    /// The median, in ns.
    pub p50_ns: u64,
    /// What 90 % do not exceed, in ns.
    pub p90_ns: u64,
    /// What 99 % do not exceed, in ns.
    pub p99_ns: u64,
}

impl Costs {
    /// What is recorded of `bench` and of the start-up of some variants. `sha256` tells what of a variant
    /// ships.
    pub fn of(
        machine: String,
        bench: Bench,
        startups: Vec<(String, Startup)>,
        sha256: impl Fn(&str) -> String,
    ) -> Self {
        let mut variants: BTreeMap<String, VariantCosts> = BTreeMap::new();
        for (name, build) in bench.builds {
            variants.entry(name).or_default().workload_build = Some(build);
        }
        for outcome in bench.workloads {
            for row in outcome.variants {
                let cost = WorkloadCosts {
                    instructions: row.instructions,
                    times: row.times,
                };
                let variant = variants.entry(row.variant).or_default();
                variant.workloads.insert(outcome.workload.clone(), cost);
            }
        }
        for (name, startup) in startups {
            variants.entry(name).or_default().startup = Some(StartupCosts::of(startup));
        }
        for (name, variant) in &mut variants {
            variant.sha256 = sha256(name);
        }
        Costs {
            machine,
            reference: bench.reference,
            variants,
        }
    }
}

impl StartupCosts {
    fn of(startup: Startup) -> Self {
        let starts = startup.scenarios.iter().map(|scenario| StartCosts {
            compiler: scenario.compiler,
            start: scenario.start,
            repetitions: scenario.repetitions,
            artifact_bytes: scenario.artifact_bytes,
            p50_ns: scenario.total.p50_ns,
            p90_ns: scenario.total.p90_ns,
            p99_ns: scenario.total.p99_ns,
        });
        StartupCosts {
            starts: starts.collect(),
            call: startup.call,
        }
    }

    /// The times of one way to start.
    pub fn way(&self, compiler: Compiler, start: Start) -> Option<&StartCosts> {
        let mut starts = self.starts.iter();
        starts.find(|way| (way.compiler, way.start) == (compiler, start))
    }
}
