//! Custom sections by their names.

use serde::Serialize;

use super::size::sha256;
use crate::binary::{Binary, Section};

/// All custom sections of one name in a file, whatever core module or component they are in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct CustomSections {
    /// How many there are.
    pub count: u64,
    /// Their bytes, behind their names.
    pub bytes: u64,
    /// SHA-256 of these bytes, in the order of the file.
    pub sha256: String,
}

impl CustomSections {
    /// Those of `binary` that are called `name`; none where there are none.
    pub fn of(binary: &Binary, name: &str) -> Option<Self> {
        let sections = binary.units().iter().flat_map(|unit| &unit.sections);
        let named =
            sections.filter(|section| section.id == Section::CUSTOM && section.name == name);
        let data: Vec<&[u8]> = named.map(|section| section.data(binary.bytes())).collect();
        let bytes = data.concat();
        (!data.is_empty()).then(|| CustomSections {
            count: data.len() as u64,
            bytes: bytes.len() as u64,
            sha256: sha256(&bytes),
        })
    }
}
