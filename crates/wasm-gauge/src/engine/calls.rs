//! Calls to make, as JSON Lines: `{"call": "<export>", "args": ["<string>", ...]}`, with
//! `"setup": true` where a call only prepares those that are measured, `"varies": true` where
//! each build may reply otherwise, `"answer": {"ok": "..."}` where only that reply is right, and `"uncounted": true` where a call is left out while allocations are counted.

use std::fs;
use std::path::Path;

use serde::Deserialize;

use super::{CallError, Guest, Reply};
use crate::{Error, Result};

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
        let place = || place.to_owned();
        guest
            .call(&self.call, &self.args)
            .map_err(|error| match error {
                CallError::Refused(reason) => Error::Input {
                    place: place(),
                    reason,
                },
                CallError::Trapped(_) => Error::Trap {
                    place: place(),
                    reason: format!("`{}` {error}", self.call),
                },
            })
    }
}

/// Reads a file of calls; each comes with its place, `calls.jsonl:3`. Blank lines are skipped.
///
/// # Errors
/// [`Error::Input`] with file and line for a line that is no call, and for a file without calls.
pub fn read(path: &Path) -> Result<Vec<(String, Call)>> {
    let input_error = |place: String, reason: String| Error::Input { place, reason };
    let path_text = path.display();
    let text = fs::read_to_string(path)
        .map_err(|error| input_error(path_text.to_string(), error.to_string()))?;
    let calls = text
        .lines()
        .enumerate()
        .filter(|(_, line)| !line.trim().is_empty())
        .map(|(index, line)| {
            let place = format!("{path_text}:{}", index + 1);
            match serde_json::from_str(line) {
                Ok(call) => Ok((place, call)),
                Err(error) => Err(input_error(
                    place,
                    format!("not a call like {{\"call\": \"f\", \"args\": [\"x\"]}}: {error}"),
                )),
            }
        })
        .collect::<Result<Vec<_>>>()?;
    if calls.is_empty() {
        return Err(input_error(
            path_text.to_string(),
            "holds no call".to_owned(),
        ));
    }
    Ok(calls)
}
