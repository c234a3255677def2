//! Bytes in, typed measurements out.

pub mod bench;
mod brotli;
mod comparison;
mod contents;
mod dependencies;
mod diff;
pub mod externs;
mod graph;
mod gzip;
pub mod instructions;
pub mod machine;
pub mod memory;
mod monomorphizations;
pub mod process;
mod profile;
pub mod sections;
mod size;
pub mod startup;
pub mod statistics;
pub mod targets;
mod variants;

pub use comparison::{Comparison, Row, WorkloadComparison, WorkloadRow};
pub use contents::Contents;
pub use dependencies::{Dependency, dependencies};
pub use diff::{Diff, Difference, Differences, Fate, Side};
pub use externs::Externs;
pub use gzip::Gzip;
pub use memory::Memory;
pub use monomorphizations::Monomorphization;
pub use profile::{Item, ItemKind, Profile, Share};
pub use sections::Sections;
pub use size::{Report, Sizes};
pub use startup::Startup;
pub use targets::Targets;
pub(crate) use variants::tool_list;
pub use variants::{Products, Variants, WorkloadFigures};
