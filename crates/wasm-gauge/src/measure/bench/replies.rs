//! Workloads on variants: whether all variants reply alike.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::{Workload, WorkloadOutcome};
use crate::engine::Reply;
use crate::{Error, Result, file};

/// What workloads came to on variants, and whether all variants replied alike.
#[derive(Debug, Deserialize, Serialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Bench {
    /// The variant that the others are compared with.
    pub reference: String,
    /// Whether all replies are those of the reference.
    pub holds: bool,
    /// SHA-256 of the build of each variant that they were run on.
    pub builds: BTreeMap<String, String>,
    /// In the order given.
    pub workloads: Vec<WorkloadOutcome>,
    /// The first other reply of each variant and workload.
    pub differences: Vec<ReplyDifference>,
}

impl Bench {
    /// Reads what `wasm-gauge bench` wrote to `path`, of variants that reply alike.
    ///
    /// # Errors
    /// [`Error::Input`] for what is no such thing, and where variants do not reply alike: what they do
    /// does not compare.
    pub fn read(path: &Path) -> Result<Self> {
        let bench: Bench = file::json(path, "a result of `wasm-gauge bench`")?;
        match bench.differences.first() {
            Some(found) => {
                let reason = format!("its variants do not reply alike: {found}");
                Err(Error::input(path, reason))
            }
            None => Ok(bench),
        }
    }
}

/// A reply that is not that of the reference.
#[derive(Debug, PartialEq, Eq, Deserialize, Serialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReplyDifference {
    /// The workload.
    pub workload: String,
    /// The variant.
    pub variant: String,
    /// File and line of the call.
    pub place: String,
    /// The function that was called.
    pub call: String,
    /// The first character, counted from 1, that is another in the replies as JSON.
    pub character: u64,
    /// What stands around it in the reply of the variant.
    pub reply: String,
    /// What stands around it in the reply of the reference.
    pub expected: String,
}

impl fmt::Display for ReplyDifference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}: {}: `{}` replies {} on {}, not {}, at character {}",
            self.workload,
            self.place,
            self.call,
            self.reply,
            self.variant,
            self.expected,
            self.character
        )
    }
}

/// The first of the replies of `variant` to `workload` that is not what was `expected`.
pub(super) fn compare_replies(
    workload: &Workload,
    expected: &[Reply],
    (variant, replies): (&str, &[Reply]),
) -> Option<ReplyDifference> {
    let ((place, call), (expected, reply)) = workload
        .calls
        .iter()
        .zip(expected.iter().zip(replies))
        .filter(|((_, call), _)| !call.varies && !call.uncounted)
        .find(|(_, (expected, reply))| expected != reply)?;
    let (expected, reply) = (json(expected), json(reply));
    let (character, own) = around_difference(&reply, &expected);
    let (_, other) = around_difference(&expected, &reply);
    Some(ReplyDifference {
        workload: workload.name.clone(),
        variant: variant.to_owned(),
        place: place.clone(),
        call: call.call.clone(),
        character: character as u64,
        reply: own,
        expected: other,
    })
}

fn json(reply: &Reply) -> String {
    serde_json::to_string(reply).expect("plain data is always valid JSON")
}

/// Which character of `text`, counted from 1, is the first that `other` does not have there, and
/// the text around it.
fn around_difference(text: &str, other: &str) -> (usize, String) {
    const BEFORE: usize = 30;
    const MOST: usize = 60;
    let same = text
        .chars()
        .zip(other.chars())
        .take_while(|(own, other)| own == other)
        .count();
    let from = same.saturating_sub(BEFORE);
    let mut rest = text.chars().skip(from);
    let shown: String = rest.by_ref().take(MOST).collect();
    let before = if from > 0 { "..." } else { "" };
    let behind = if rest.next().is_some() { "..." } else { "" };
    (same + 1, format!("{before}{shown}{behind}"))
}
