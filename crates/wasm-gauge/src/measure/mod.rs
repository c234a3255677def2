//! Bytes in, typed measurements out.

pub mod externs;
mod gzip;
pub mod memory;
pub mod sections;
mod size;
pub mod targets;

pub use externs::Externs;
pub use gzip::Gzip;
pub use memory::Memory;
pub use sections::Sections;
pub use size::{Report, Sizes};
pub use targets::Targets;
