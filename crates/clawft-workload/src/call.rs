//! Files of calls: one call a line, as JSON.

use serde::{Deserialize, Serialize};

/// One line of a file of calls.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Call {
    /// Name of the export.
    pub call: String,
    /// Its arguments.
    pub args: Vec<String>,
    /// Whether whoever measures leaves it out; it is made all the same.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub setup: bool,
    /// Whether each build may reply otherwise.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub varies: bool,
    /// Whether it is left out where allocations are counted.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub uncounted: bool,
}

impl Call {
    /// A call that is to be measured.
    pub fn new(call: &str, args: impl Into<Vec<String>>) -> Self {
        Self {
            call: call.to_owned(),
            args: args.into(),
            setup: false,
            varies: false,
            uncounted: false,
        }
    }
}
