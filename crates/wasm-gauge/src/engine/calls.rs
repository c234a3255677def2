//! Calls to make, as JSON Lines: `{"call": "<export>", "args": ["<string>", ...]}`, with
//! `"setup": true` where a call only prepares those that are measured, `"varies": true` where
//! each build may reply otherwise, `"answer": {"ok": "..."}` where only that reply is right, and `"uncounted": true` where a call is left out while allocations are counted.

use std::path::Path;

use serde::Deserialize;

use super::{CallError, Guest, Reply};
use crate::{Error, Fault, Place, Result, file};

/// One call of an exported function.
#[derive(Debug, PartialEq, Eq, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Call {
    /// Name of the export.
    pub call: String,
    /// Its arguments, as JSON has values of their types.
    pub args: Vec<serde_json::Value>,
    /// Whether it only prepares what is measured.
    #[serde(default)]
    pub setup: bool,
    /// Whether the reply is not the same for all builds, as when it names the build.
    #[serde(default)]
    pub varies: bool,
    /// The only reply that is right; any, when absent.
    #[serde(default)]
    pub answer: Option<Reply>,
    /// Whether it is left out where allocations are counted, as one that stops the counting.
    #[serde(default)]
    pub uncounted: bool,
}

impl Call {
    /// Makes it, as what stands at `place`.
    ///
    /// # Errors
    /// [`Error::Input`] where `guest` has no such function, [`Error::Trap`] where it does not come
    /// back.
    pub fn make(&self, guest: &mut dyn Guest, place: &str) -> Result<Reply> {
        guest
            .call(&self.call, &self.args)
            .map_err(|error| match error {
                CallError::Refused(reason) => Error::Input(Fault::from(reason).at(place)),
                CallError::Trapped(_) => {
                    Error::Trap(Fault::from(format!("`{}` {error}", self.call)).at(place))
                }
            })
    }
}

/// Reads a file of calls; each comes with its place, `calls.jsonl:3`. Blank lines are skipped.
///
/// # Errors
/// [`Error::Input`] with file and line for a line that is no call, and for a file without calls.
pub fn read(path: &Path) -> Result<Vec<(String, Call)>> {
    let calls = file::json_lines(path, r#"a call like {"call": "f", "args": ["x"]}"#)?;
    if calls.is_empty() {
        return Err(Error::input(path, "holds no call"));
    }
    let placed = calls.into_iter();
    Ok(placed
        .map(|(line, call)| (Place::line(path, line).to_string(), call))
        .collect())
}
