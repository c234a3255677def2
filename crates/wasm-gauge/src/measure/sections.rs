//! What the sections of a binary are and where they lie.

use serde::Serialize;

use crate::binary::{self, Binary, Kind};

/// The sections of one file.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct Sections {
    /// The file's name without its folders.
    pub file: String,
    /// The file's own unit first, then the core modules and components within it.
    pub units: Vec<UnitSections>,
}

/// The sections of a core module or component.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct UnitSections {
    /// What it is.
    pub kind: Kind,
    /// Where it begins in the file, in bytes.
    pub offset: u64,
    /// Its bytes, header included.
    pub bytes: u64,
    /// Its sections in the order of the file.
    pub sections: Vec<SectionPlace>,
}

/// A section. Offset and bytes are those of its contents, as `wasm-objdump -h` tells them: behind
/// id and length, a custom section's name included.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct SectionPlace {
    /// The specification's name, `custom` for custom sections.
    pub section: &'static str,
    /// A custom section's own name.
    pub name: Option<String>,
    /// Where the contents begin in the file, in bytes.
    pub offset: u64,
    /// How many bytes the contents have.
    pub bytes: u64,
}

impl Sections {
    /// Lists the sections of `binary`, to be called `label`.
    pub fn measure(label: &str, binary: &Binary) -> Self {
        Sections {
            file: label.to_owned(),
            units: binary.units().iter().map(unit).collect(),
        }
    }
}

fn unit(unit: &binary::Unit) -> UnitSections {
    UnitSections {
        kind: unit.kind,
        offset: unit.range.start as u64,
        bytes: unit.range.len() as u64,
        sections: unit
            .sections
            .iter()
            .map(|section| SectionPlace {
                section: section.kind_name(unit.kind),
                name: (section.id == binary::Section::CUSTOM).then(|| section.name.to_owned()),
                offset: section.contents.start as u64,
                bytes: section.size(),
            })
            .collect(),
    }
}
