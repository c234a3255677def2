//! Bytes in, typed measurements out.

pub mod bench;
mod brotli;
mod compilation;
mod contents;
mod dependencies;
mod diff;
mod dominators;
pub mod externs;
mod graph;
mod gzip;
mod item;
pub mod machine;
pub mod memory;
mod monomorphizations;
mod profile;
pub mod sections;
mod size;
pub mod startup;
pub mod statistics;
pub mod target_features;

pub(crate) use brotli::size as brotli_size;
pub use compilation::Compilation;
pub use contents::Contents;
pub use dependencies::{Dependency, dependencies};
pub use diff::{Diff, Difference, Differences, Fate, Side};
pub use externs::Externs;
pub use gzip::Gzip;
pub use item::{Item, ItemKind, Share};
pub use memory::Memory;
pub use monomorphizations::Monomorphization;
pub use profile::Profile;
pub use sections::Sections;
pub use size::Sizes;
pub(crate) use size::sha256;
pub use startup::Startup;
pub use target_features::TargetFeatures;
