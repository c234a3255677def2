//! Measurements and verdicts for people and programs.
//!
//! Each thing that can be shown says once, in a file named for it, what people read of it
//! ([`Show`]); each format is a file that knows documents and nothing of what they are about.

mod bans;
mod baseline;
mod bench;
mod comparison;
mod decision;
mod diff;
mod document;
mod draft;
mod externs;
mod json;
mod kept;
mod lint;
mod markdown;
mod memory;
mod native;
mod optimized;
mod paths;
mod profile;
mod report;
mod sameness;
mod sections;
mod sizes;
mod startup;
mod target_features;
mod text;
mod verdict;
mod verification;

use serde::Serialize;

use crate::binary::Kind;
use crate::units::grouped;

pub use comparison::{ComparisonTable, ShownComparison};
pub use diff::TopDiff;
pub use document::{Block, Cell, Column, Document, Table};
pub use draft::policy_draft;
pub use native::{NativeTable, ShownNative};
pub use profile::{ProfileTable, TopProfile};
pub use report::{comment, page};

/// What can be shown: to programs as its fields, to people as a document.
pub trait Show: Serialize {
    /// What people read of it.
    fn document(&self) -> Document;
}

/// An output format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Tables for people at a terminal.
    Text {
        /// Whether to use terminal colours.
        colour: bool,
        /// The columns of the terminal: long names are cut so that rows fit, where rows can fit.
        width: Option<u16>,
    },
    /// Tables for people in a browser: GitHub's Markdown.
    Markdown,
    /// For programs; the same input gives the same bytes.
    Json,
}

/// Renders `value`; the text ends with a newline.
pub fn render(value: &impl Show, format: Format) -> String {
    match format {
        Format::Text { colour, width } => {
            text::render(&value.document().printable(), colour, width)
        }
        Format::Markdown => markdown::render(&value.document().printable()),
        Format::Json => json::render(value),
    }
}

/// What stands over what is said of one unit of a file.
fn unit_heading(file: &str, kind: Kind, offset: u64) -> String {
    match offset {
        0 => format!("{file}: {kind}"),
        _ => format!("{file}: {kind} at offset {}", grouped(offset)),
    }
}
