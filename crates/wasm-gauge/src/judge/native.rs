//! Native programs against their limit, beside goals, and their answers against each other.

use serde::Serialize;

use super::budget::{Finding, at_most};
use crate::measure::native::ProgramPart;
use crate::policy::NativeRule;
use crate::record::native::{NativeProgram, NativeReport};

/// Native programs, and whether they hold.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct NativeVerdict {
    /// What was measured.
    pub report: NativeReport,
    /// The limit on each program, where there is one.
    pub limits: Vec<NativeFinding>,
    /// Goals beside what was reached. Nothing fails by them.
    pub goals: Vec<GoalFinding>,
    /// Programs that answer otherwise than the first one.
    pub answers_otherwise: Vec<String>,
    /// Whether all limits hold, and all programs answer alike.
    pub holds: bool,
}

/// A limit on one program.
#[derive(Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct NativeFinding {
    /// The program.
    pub program: String,
    /// The limit and whether it holds.
    #[serde(flatten)]
    pub finding: Finding,
}

/// A goal of one program.
#[derive(Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct GoalFinding {
    /// The program.
    pub program: String,
    /// The goal.
    pub goal: NativeGoal,
    /// What was measured: bytes, or ns of times.
    pub measured: u64,
    /// The goal, inclusive, in the same.
    pub wanted: u64,
    /// Whether it is reached.
    pub reached: bool,
}

/// What can be aimed at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum NativeGoal {
    /// Bytes of the program.
    Size,
    /// Bytes of its machine code.
    Text,
    /// Bytes of all that tells how to unwind the stack.
    Unwind,
    /// What 99 % of its starts do not exceed, in ns.
    StartP99,
}

impl NativeVerdict {
    /// Judges what was measured by `rule`.
    pub fn of(report: NativeReport, rule: &NativeRule) -> Self {
        let limits: Vec<_> = rule.max_size.map_or_else(Vec::new, |limit| {
            let programs = report.programs.iter();
            programs
                .map(|program| NativeFinding {
                    program: program.name.clone(),
                    finding: at_most("max-size", program.sizes.bytes, limit),
                })
                .collect()
        });
        let goals = report.programs.iter();
        let goals = goals.flat_map(|program| goals_of(program, rule)).collect();
        let answers = |program: &NativeProgram| {
            let work = program.runs.as_ref()?.work.as_ref()?;
            Some(work.answers_sha256.clone())
        };
        let first = report.programs.first().and_then(answers);
        let differs = |program: &&NativeProgram| {
            let pair = answers(program).zip(first.as_ref());
            pair.is_some_and(|(answers, first)| answers != *first)
        };
        let others = report.programs.iter().filter(differs);
        let answers_otherwise: Vec<_> = others.map(|program| program.name.clone()).collect();
        NativeVerdict {
            holds: limits.iter().all(|limit| limit.finding.holds) && answers_otherwise.is_empty(),
            report,
            limits,
            goals,
            answers_otherwise,
        }
    }
}

fn goals_of(program: &NativeProgram, rule: &NativeRule) -> Vec<GoalFinding> {
    let sizes = &program.sizes;
    let p99 = program.runs.as_ref().map(|runs| runs.start.p99_ns);
    let ns = |ms: u64| ms.saturating_mul(1_000_000);
    let bytes = |goal: Option<crate::units::Size>| goal.map(|size| size.0);
    [
        (NativeGoal::Size, Some(sizes.bytes), bytes(rule.goal_size)),
        (
            NativeGoal::Text,
            Some(sizes.part(ProgramPart::Text)),
            bytes(rule.goal_text),
        ),
        (
            NativeGoal::Unwind,
            Some(sizes.unwind_bytes()),
            bytes(rule.goal_unwind),
        ),
        (NativeGoal::StartP99, p99, rule.goal_start_p99_ms.map(ns)),
    ]
    .into_iter()
    .filter_map(|(goal, measured, wanted)| {
        let (measured, wanted) = (measured?, wanted?);
        Some(GoalFinding {
            program: program.name.clone(),
            goal,
            measured,
            wanted,
            reached: measured <= wanted,
        })
    })
    .collect()
}
