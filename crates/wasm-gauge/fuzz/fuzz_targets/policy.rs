//! A policy, and behind a NUL the manifest beside it, are read or refused with their place.

#![no_main]

use std::fs;

use libfuzzer_sys::fuzz_target;
use wasm_gauge::policy::Policy;

fuzz_target!(|text: &str| {
    let folder = tempfile::tempdir().expect("there is a place for temporary files");
    let (policy, manifest) = text.split_once('\0').unwrap_or((text, ""));
    for (name, text) in [("gauge.toml", policy), ("Cargo.toml", manifest)] {
        fs::write(folder.path().join(name), text).expect("the folder is ours");
    }
    if let Err(error) = Policy::load(&folder.path().join("gauge.toml")) {
        let place = folder.path().display().to_string();
        assert!(error.to_string().starts_with(&place), "{error}");
    }
});
