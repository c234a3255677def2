//! What is kept of measurements: reports of variants, costs that other machines make otherwise, the
//! baseline, all variants side by side, and native programs.

pub mod baseline;
pub mod comparison;
pub mod costs;
pub mod native;
pub mod report;
