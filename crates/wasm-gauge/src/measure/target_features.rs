//! The target features of the core modules of a file.

use serde::Serialize;

use crate::binary::Binary;
use crate::binary::target_features::ModuleFeatures;

/// The target features of the core modules of one file.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct TargetFeatures {
    /// The file's name without its folders.
    pub file: String,
    /// In the order of the file.
    pub modules: Vec<ModuleFeatures>,
}

impl TargetFeatures {
    /// Finds the features of all core modules of `binary`, to be called `label`.
    pub fn measure(label: &str, binary: &Binary) -> Self {
        TargetFeatures {
            file: label.to_owned(),
            modules: binary
                .core_modules()
                .map(|module| ModuleFeatures::measure(binary.bytes(), module))
                .collect(),
        }
    }
}
