//! What is kept of measurements: reports of variants, costs that other machines make otherwise, the
//! baseline, and all variants side by side.

pub mod baseline;
pub mod comparison;
pub mod costs;
pub mod report;
