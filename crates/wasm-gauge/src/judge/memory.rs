//! Linear memory against the limits of a policy.

use serde::Serialize;

use crate::measure::Memory;
use crate::policy::{MemoryRule, Policy};
use crate::units::Size;

/// How linear memory is laid out, and what of that has a limit.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct MemoryVerdict {
    /// What was measured.
    #[serde(flatten)]
    pub memory: Memory,
    /// One for each limit of the policy; none without a policy.
    pub findings: Vec<MemoryFinding>,
}

/// One limit and whether it holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct MemoryFinding {
    /// What is limited.
    pub limit: MemoryLimit,
    /// What was measured, in bytes; none where that cannot be known.
    pub measured_bytes: Option<u64>,
    /// The limit in bytes: a maximum, but for the stack, which is to be as large.
    pub limit_bytes: u64,
    /// Whether it holds.
    pub holds: bool,
}

/// What of linear memory has a limit, by its key in the policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum MemoryLimit {
    /// What all memories begin with.
    Initial,
    /// What of it is copied from data segments.
    StaticData,
    /// The stack.
    StackSize,
}

impl MemoryVerdict {
    /// Holds `memory` against what `policy` says of `variant`; against nothing without a policy.
    pub fn of(memory: Memory, policy: Option<(&Policy, &str)>) -> Self {
        let mut findings = Vec::new();
        if let Some((policy, variant)) = policy {
            let MemoryRule {
                initial,
                static_data,
            } = policy.memory;
            let memories = || memory.modules.iter().flat_map(|module| &module.memories);
            let own = || memories().filter(|memory| memory.import.is_none());
            let begin = own().map(|memory| memory.minimum_pages.saturating_mul(memory.page_bytes));
            let data = memories().map(|memory| memory.static_data_bytes);
            let passive = memory
                .modules
                .iter()
                .map(|module| module.passive_data_bytes);
            let at_most = |limit, measured: u64, size: Size| MemoryFinding {
                limit,
                measured_bytes: Some(measured),
                limit_bytes: size.0,
                holds: measured <= size.0,
            };
            findings.extend(initial.map(|size| at_most(MemoryLimit::Initial, begin.sum(), size)));
            findings.extend(
                static_data
                    .map(|size| at_most(MemoryLimit::StaticData, data.chain(passive).sum(), size)),
            );
            findings.extend(policy.stack_size(variant).map(|size| {
                let measured = memory.modules.iter().find_map(|module| module.stack.bytes);
                MemoryFinding {
                    limit: MemoryLimit::StackSize,
                    measured_bytes: measured,
                    limit_bytes: size.0,
                    holds: measured == Some(size.0),
                }
            }));
        }
        MemoryVerdict { memory, findings }
    }

    /// Whether all limits hold.
    pub fn holds(&self) -> bool {
        self.findings.iter().all(|finding| finding.holds)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::binary::Binary;
    use crate::policy::tests::load;

    #[test]
    fn limits_are_inclusive_and_a_stack_is_as_large_as_it_was_to_be() {
        let wat = r#"(module (memory 2) (global $__stack_pointer (mut i32) (i32.const 1024))
            (data (i32.const 1024) "0123456789"))"#;
        let bytes = wat::parse_str(wat).expect("it is WAT");
        let binary = Binary::parse(&bytes).expect("it is valid");
        for (policy, expected) in [
            ("", &[][..]),
            (
                "[memory]\ninitial = \"128 KiB\"\nstatic-data = \"10 B\"\n",
                &[true, true],
            ),
            (
                "[memory]\ninitial = \"131071 B\"\nstatic-data = \"9 B\"\n",
                &[false, false],
            ),
            ("stack-size = \"1 KiB\"\n[variants.a]\n", &[true]),
            (
                "stack-size = \"1 KiB\"\n[variants.a]\nstack-size = \"2 KiB\"\n",
                &[false],
            ),
        ] {
            let memory = Memory::measure("a.wasm", &binary);
            let policy = load(policy, None).expect("it is right");
            let verdict = MemoryVerdict::of(memory, Some((&policy, "a")));
            let holds: Vec<bool> = verdict
                .findings
                .iter()
                .map(|finding| finding.holds)
                .collect();
            assert_eq!(holds, expected, "{policy:?}");
        }
    }
}
