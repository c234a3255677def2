//! How large a binary is, raw and compressed, and what the bytes are.

use std::collections::BTreeMap;

use serde::Serialize;
use sha2::{Digest, Sha256};

use super::Gzip;
use crate::Result;
use crate::binary::{Binary, Kind, Section};

/// The sizes of some files, and what measured and made them.
#[derive(Debug, Serialize)]
pub struct Report {
    /// Versions of the tools by name.
    pub tools: BTreeMap<String, String>,
    /// One entry a file, in the order given.
    pub files: Vec<Sizes>,
}

/// The sizes of one file. All are bytes.
#[derive(Debug, Serialize)]
pub struct Sizes {
    /// The file's name without its folders.
    pub file: String,
    /// What the file is.
    pub kind: Kind,
    /// How many core modules it holds; a core module holds itself.
    pub core_modules: u64,
    /// The file as it is.
    pub raw_bytes: u64,
    /// The file through `gzip -9`.
    pub gzip_bytes: u64,
    /// Contents of the code sections of all core modules.
    pub code_bytes: u64,
    /// Contents of the data sections of all core modules.
    pub data_bytes: u64,
    /// Contents of all custom sections, in core modules and components.
    pub custom_bytes: u64,
    /// SHA-256 of the file, in hexadecimal.
    pub sha256: String,
}

impl Sizes {
    /// Measures `binary`, to be called `label`.
    ///
    /// # Errors
    /// [`crate::Error::Tool`] when gzip fails.
    pub fn measure(label: &str, binary: &Binary, gzip: &Gzip) -> Result<Self> {
        let core_contents = |name: &str| -> u64 {
            binary
                .core_modules()
                .flat_map(|module| &module.sections)
                .filter(|section| section.id != Section::CUSTOM && section.name == name)
                .map(Section::size)
                .sum()
        };
        Ok(Sizes {
            file: label.to_owned(),
            kind: binary.kind(),
            core_modules: binary.core_modules().count() as u64,
            raw_bytes: binary.bytes().len() as u64,
            gzip_bytes: gzip.size(binary.bytes())?,
            code_bytes: core_contents("code"),
            data_bytes: core_contents("data"),
            custom_bytes: binary
                .units()
                .iter()
                .flat_map(|unit| &unit.sections)
                .filter(|section| section.id == Section::CUSTOM)
                .map(Section::size)
                .sum(),
            sha256: Sha256::digest(binary.bytes())
                .iter()
                .map(|byte| format!("{byte:02x}"))
                .collect(),
        })
    }
}
