//! How a file that ships came to be: from which sources, through which stages.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::{Result, file};

/// How one file came to be. Whoever builds writes it, and `wasm-gauge report` takes it over.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Provenance {
    /// The file's name without its folders.
    pub file: String,
    /// SHA-256 of the list that `sha256sum` prints of the files of the sources, sorted by path.
    pub source_sha256: String,
    /// SHA-256 of `Cargo.lock`.
    pub lock_sha256: String,
    /// What was run, in this order.
    pub stages: Vec<Stage>,
    /// What checks said of it, by their names.
    pub checks: Checks,
}

/// What checks said of a file, by their names.
pub type Checks = BTreeMap<String, CheckOutcome>;

/// What a check said.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CheckOutcome {
    /// Whether it holds.
    pub holds: bool,
    /// In its words.
    pub said: String,
}

/// One run of a tool.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Stage {
    /// The tool, as the report's `tools` names it.
    pub tool: String,
    /// Its version, the same as there.
    pub version: String,
    /// Its flags, without the paths of files.
    pub flags: Vec<String>,
    /// SHA-256 of what went in: of the sources' list where it is the compiler, of a file after that.
    pub input_sha256: String,
    /// SHA-256 of the file that came out.
    pub output_sha256: String,
}

impl Provenance {
    /// Reads the list of provenances at `path`, one for each file.
    ///
    /// # Errors
    /// [`Error::Input`](crate::Error::Input) for what is none.
    pub fn read(path: &Path) -> Result<Vec<Self>> {
        file::json(path, "provenance of files")
    }
}

/// Reads what checks said, at `path`.
///
/// # Errors
/// [`Error::Input`](crate::Error::Input) for something else.
pub fn read_checks(path: &Path) -> Result<Checks> {
    file::json(path, "what checks said")
}
