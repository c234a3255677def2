//! Bytes in, typed measurements out.

mod gzip;
mod size;

pub use gzip::Gzip;
pub use size::{Report, Sizes};
