//! A symbol's path is not much longer than the symbol.

#![no_main]

use libfuzzer_sys::fuzz_target;
use wasm_gauge::names::{owner, path};

fuzz_target!(|symbol: &str| {
    assert!(path(symbol).len() <= symbol.len() * 64);
    owner(symbol);
});
