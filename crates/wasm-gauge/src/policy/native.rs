//! What native programs are held to.

use serde::Deserialize;

use crate::units::Size;

/// The limit of native programs, and what they are shown beside: nothing fails by a goal.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, schemars::JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct NativeRule {
    /// The program that ships.
    pub default_program: Option<String>,
    /// How many bytes each program may have, inclusive; not judged, when absent.
    pub max_size: Option<Size>,
    /// A goal for the bytes of the program.
    pub goal_size: Option<Size>,
    /// A goal for the bytes of its machine code.
    pub goal_text: Option<Size>,
    /// A goal for the bytes of all that tells how to unwind the stack.
    pub goal_unwind: Option<Size>,
    /// A goal for what 99 % of its processes do not exceed that start and end at once, in ms.
    pub goal_start_p99_ms: Option<u64>,
}
