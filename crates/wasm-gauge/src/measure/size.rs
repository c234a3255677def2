//! How large a binary is, raw and compressed, and what the bytes are.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{Gzip, brotli};
use crate::Result;
use crate::binary::{Binary, Kind, Section};

/// The sizes of one file.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Sizes {
    /// The file's name without its folders.
    pub file: String,
    /// What the file is.
    pub kind: Kind,
    /// How many core modules it holds; a core module holds itself.
    pub core_modules: u64,
    /// Bytes of the file as it is.
    pub raw_bytes: u64,
    /// Bytes of the file through `gzip -9`.
    pub gzip_bytes: u64,
    /// Bytes of the file through Brotli at quality 11.
    pub brotli_bytes: u64,
    /// Bytes of the contents of the code sections of all core modules.
    pub code_bytes: u64,
    /// Bytes of the contents of the data sections of all core modules.
    pub data_bytes: u64,
    /// Bytes of the contents of all custom sections, in core modules and components.
    pub custom_bytes: u64,
    /// Functions that its core modules define.
    pub functions: u64,
    /// What its core modules' own memories begin with, in pages (64 KiB unless a memory says otherwise).
    pub initial_pages: u64,
    /// SHA-256 of the file, in hexadecimal.
    pub sha256: String,
}

impl Sizes {
    /// Measures `binary`, to be called `label`.
    ///
    /// # Errors
    /// [`crate::Error::Tool`] when gzip fails.
    pub fn measure(label: &str, binary: &Binary, gzip: &Gzip) -> Result<Self> {
        let core_contents = |name: &str| {
            let modules = binary.core_modules();
            let contents = modules.map(move |module| binary.contents(module, name).len() as u64);
            contents.sum()
        };
        let modules = || binary.core_modules().map(|unit| unit.module());
        Ok(Sizes {
            file: label.to_owned(),
            kind: binary.kind(),
            core_modules: binary.core_modules().count() as u64,
            raw_bytes: binary.bytes().len() as u64,
            gzip_bytes: gzip.size(binary.bytes())?,
            brotli_bytes: brotli::size(binary.bytes()),
            code_bytes: core_contents("code"),
            data_bytes: core_contents("data"),
            custom_bytes: binary
                .units()
                .iter()
                .flat_map(|unit| &unit.sections)
                .filter(|section| section.id == Section::CUSTOM)
                .map(Section::size)
                .sum(),
            functions: modules().map(|module| module.functions.len() as u64).sum(),
            initial_pages: modules()
                .flat_map(|module| &module.memories)
                .fold(0, |pages, memory| pages.saturating_add(memory.initial)),
            sha256: sha256(binary.bytes()),
        })
    }
}

/// SHA-256 of `bytes`, in hexadecimal.
pub fn sha256(bytes: &[u8]) -> String {
    let digest = Sha256::digest(bytes);
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}
