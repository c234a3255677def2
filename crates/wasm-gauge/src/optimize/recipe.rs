//! What won, to be made again by one run for each core module.

use std::path::Path;

use serde::{Deserialize, Serialize};

use super::{Goal, Optimized, OptimizedModule};
use crate::binary::{Binary, Kind};
use crate::measure::sha256;
use crate::{Error, Result, file};

/// What to do to a binary.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Recipe {
    /// The version of wasm-opt that it is for.
    pub wasm_opt: String,
    /// What the binary is to be small by.
    pub goal: Goal,
    /// What the binary is.
    pub kind: Kind,
    /// SHA-256 of the binary before, in hexadecimal.
    pub before_sha256: String,
    /// SHA-256 of what comes of that binary, in hexadecimal.
    pub after_sha256: String,
    /// For each core module, in the order of the file.
    pub modules: Vec<RecipeStep>,
    /// For each core module of the component that is encoded anew around the first one; none where that is not done.
    pub around: Option<Vec<RecipeStep>>,
}

/// What to do to one core module.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RecipeStep {
    /// Options for wasm-opt, besides those for features; none where the module stays as it is.
    pub options: Option<Vec<String>>,
}

impl Recipe {
    /// The recipe that makes `after` of `binary` again.
    pub fn new(binary: &Binary, optimized: &Optimized, after: &[u8]) -> Self {
        let steps = |modules: &[OptimizedModule]| -> Vec<RecipeStep> {
            let options = modules.iter().map(|module| module.options.clone());
            options.map(|options| RecipeStep { options }).collect()
        };
        let around = optimized.around.as_ref();
        Recipe {
            wasm_opt: optimized.wasm_opt.clone(),
            goal: optimized.goal,
            kind: binary.kind(),
            before_sha256: sha256(binary.bytes()),
            after_sha256: sha256(after),
            modules: steps(&optimized.modules),
            around: around.map(|around| steps(&around.modules)),
        }
    }

    /// Reads the recipe at `path`.
    ///
    /// # Errors
    /// [`Error::Input`] when it cannot be read, or is none.
    pub fn read(path: &Path) -> Result<Self> {
        file::json(path, "a recipe of `wasm-gauge opt`")
    }

    /// The file that [`Recipe::read`] reads.
    pub fn text(&self) -> String {
        let mut text = serde_json::to_string_pretty(self).expect("all of it is JSON");
        text.push('\n');
        text
    }

    /// Holds that the recipe is for wasm-opt of `version`, and for binaries like `binary`, to be called `label`.
    ///
    /// # Errors
    /// [`Error::Usage`] with what it is for.
    pub(super) fn check(&self, version: &str, label: &str, binary: &Binary) -> Result<()> {
        if self.wasm_opt != version {
            return Err(Error::usage(format!(
                "the recipe is for wasm-opt {}, and this is wasm-opt {version}: make another recipe",
                self.wasm_opt
            )));
        }
        let (kind, count) = (binary.kind(), binary.core_modules().count());
        if (self.kind, self.modules.len()) != (kind, count) {
            return Err(Error::usage(format!(
                "the recipe is for a {} (core modules: {}), and {label} is a {kind} (core modules: {count}): make another recipe",
                self.kind,
                self.modules.len()
            )));
        }
        Ok(())
    }
}
