//! What is kept: measurements of variants, costs that other machines make otherwise, the baseline, all variants side by
//! side, native programs, and the report over all of it.

pub mod baseline;
pub mod comparison;
pub mod costs;
pub mod measurements;
mod missing;
pub mod native;
pub mod provenance;
pub mod report;
pub(crate) mod tools;

pub use missing::Missing;
