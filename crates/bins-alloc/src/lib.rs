#![doc = include_str!("../README.md")]
#![cfg_attr(not(test), no_std)]

mod bins;
mod holes;
#[cfg(target_arch = "wasm32")]
mod linear;
mod memory;
#[cfg(test)]
mod tests;

pub use bins::Bins;
#[cfg(target_arch = "wasm32")]
pub use linear::Linear;
pub use memory::Memory;
