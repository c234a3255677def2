//! One section and the names the specifications give to sections.

use std::ops::Range;

use wasmparser::{BinaryReader, CustomSectionReader};

use super::Kind;

/// A section's place in the file.
#[derive(Debug)]
pub struct Section<'a> {
    /// Its id; core modules and components number theirs differently.
    pub id: u8,
    /// The specification's name for the id, or a custom section's own name.
    pub name: &'a str,
    /// All of it: id, length and contents.
    pub range: Range<usize>,
    /// What `wasm-objdump -h` counts: the bytes behind id and length, a custom section's name included.
    pub contents: Range<usize>,
}

impl Section<'_> {
    /// The id of custom sections, in core modules and components alike.
    pub const CUSTOM: u8 = 0;

    /// Bytes of the contents.
    pub fn size(&self) -> u64 {
        self.contents.len() as u64
    }

    /// What a custom section of the file `bytes` holds behind its name.
    pub(crate) fn data<'b>(&self, bytes: &'b [u8]) -> &'b [u8] {
        let contents = BinaryReader::new(&bytes[self.contents.clone()], 0);
        let section = CustomSectionReader::new(contents);
        section.expect("it was read before").data()
    }

    /// Whether its contents are a core module or component, within a unit of `kind`.
    pub fn holds_unit(&self, kind: Kind) -> bool {
        const CORE_MODULE: u8 = 1;
        const COMPONENT: u8 = 4;
        kind == Kind::Component && [CORE_MODULE, COMPONENT].contains(&self.id)
    }

    /// The specification's name for the id, within a unit of `kind`.
    pub fn kind_name(&self, kind: Kind) -> &'static str {
        standard_name(kind, self.id)
    }
}

/// The name of the non-custom section `id`.
///
/// Sources: the core specification (Binary Format, Modules) and the component model's
/// `Binary.md`.
pub(super) fn standard_name(kind: Kind, id: u8) -> &'static str {
    const CORE: [&str; 14] = [
        "custom",
        "type",
        "import",
        "function",
        "table",
        "memory",
        "global",
        "export",
        "start",
        "element",
        "code",
        "data",
        "data count",
        "tag",
    ];
    const COMPONENT: [&str; 12] = [
        "custom",
        "core module",
        "core instance",
        "core type",
        "component",
        "instance",
        "alias",
        "type",
        "canonical function",
        "start",
        "import",
        "export",
    ];
    let names: &[&str] = match kind {
        Kind::CoreModule => &CORE,
        Kind::Component => &COMPONENT,
    };
    names.get(usize::from(id)).copied().unwrap_or("unknown")
}
