//! Measures WebAssembly core modules and components, and judges the measurements.
//!
//! The layers, each of which uses those below it and none above: [`render`] turns results into text
//! or JSON; [`judge`] holds figures against a [`policy`] and a [`record`]; [`record`] is what is
//! kept of figures; [`mod@optimize`] makes binaries smaller; [`measure`] turns bytes into figures;
//! [`engine`] runs them; [`names`] tells what functions are called; [`binary`] reads a file. Nothing
//! in here prints or exits; the command line, which stands above all, is in the binary.

pub mod binary;
pub mod engine;
mod error;
pub mod escape;
pub mod file;
pub mod judge;
pub mod measure;
pub mod names;
pub mod optimize;
pub mod policy;
pub mod record;
pub mod render;
mod tool;
pub mod units;

pub use error::{Error, Fault, Place, Result};
