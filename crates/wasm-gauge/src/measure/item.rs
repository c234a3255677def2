//! The parts of a binary that have names of their own.

use serde::Serialize;

/// A part of the file with a name of its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Item {
    /// What it is.
    pub kind: ItemKind,
    /// Of functions their path; of data segments the name that the linker gave; `function[7]` and
    /// `data[7]`, by index, where nothing names them, and so tables, globals and element segments; else
    /// the section.
    pub name: String,
    /// The crate or library of a function.
    #[serde(rename = "crate")]
    pub owner: Option<String>,
    /// Its bytes, with the length in front of them.
    pub bytes: u64,
    /// Its bytes and those of all items to which no way leads but through this one: what would go if
    /// it did.
    pub retained_bytes: u64,
    /// The item closest to this one that all ways to it go through, as an index of `items`.
    pub dominator: Option<usize>,
    /// Whether no way leads to it from the exports, the start function and what instantiation does by
    /// itself: it can be removed. Headers and sections are never garbage.
    pub garbage: bool,
}

/// What an item is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ItemKind {
    /// A function's body.
    Function,
    /// A table, without its elements.
    Table,
    /// A global.
    Global,
    /// An element segment: the functions of a table.
    ElementSegment,
    /// A data segment.
    DataSegment,
    /// A custom section.
    CustomSection,
    /// Any other section, or what is left of it: of sections whose entries are items the id, length and
    /// count, of a nested core module or component the id and length.
    Section,
    /// The headers of core modules and components.
    Header,
}

impl ItemKind {
    /// What all items of the kind are called where they are one row.
    pub fn all(self) -> &'static str {
        match self {
            ItemKind::Function => "(functions)",
            ItemKind::ElementSegment => "(element segments)",
            ItemKind::DataSegment => "(data segments)",
            ItemKind::CustomSection => "(custom sections)",
            ItemKind::Table | ItemKind::Global | ItemKind::Section => "(other sections)",
            ItemKind::Header => "(headers)",
        }
    }
}

/// Some of the file's bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Share {
    /// Whose.
    pub name: String,
    /// How many items.
    pub items: u64,
    /// How many bytes.
    pub bytes: u64,
}
