//! Measures WebAssembly core modules and components, and judges the measurements.
//!
//! The way of the data: [`binary`] reads a file, [`measure`] turns it into numbers, [`judge`] holds
//! the numbers against a [`policy`] and a [`baseline`], [`render`] turns the result into text or
//! JSON. [`engine`] runs what was read, on the [`calls`] of a file; [`mod@optimize`] makes it
//! smaller. Nothing in here prints or exits; the command line is in the binary.

pub mod baseline;
pub mod binary;
pub mod calls;
pub mod engine;
mod error;
pub mod judge;
pub mod measure;
pub mod names;
pub mod optimize;
pub mod policy;
pub mod recorded;
pub mod render;
mod tool;
pub mod units;

pub use error::{Error, Result};
