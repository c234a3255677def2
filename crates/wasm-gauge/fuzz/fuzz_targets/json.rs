//! Baselines, reports, calls and cargo's metadata are read or refused; a baseline that was read is written the same.

#![no_main]

use std::fs;

use libfuzzer_sys::fuzz_target;
use wasm_gauge::engine::calls;
use wasm_gauge::judge::Assessment;
use wasm_gauge::measure::dependencies;
use wasm_gauge::record::baseline::Baseline;
use wasm_gauge::record::comparison::Comparison;
use wasm_gauge::record::report::Variants;
use wasm_gauge::render::{Format, render};

fuzz_target!(|bytes: &[u8]| {
    let folder = tempfile::tempdir().expect("there is a place for temporary files");
    let path = folder.path().join("x.json");
    fs::write(&path, bytes).expect("the folder is ours");
    if let Ok(baseline) = Baseline::load(&path) {
        let text = baseline.text();
        let written = folder.path().join("written.json");
        fs::write(&written, &text).expect("the folder is ours");
        let again = Baseline::load(&written).expect("the tool wrote it");
        assert_eq!(again.text(), text);
    }
    let reports = [("x".to_owned(), path.clone())];
    if let Ok(variants) = Variants::read(&reports) {
        let comparison = Assessment {
            comparison: Comparison::of(variants, Some("x"), |_| None),
            decision: None,
        };
        for format in [TEXT, Format::Markdown, Format::Json] {
            render(&comparison, format);
        }
    }
    let _ = calls::read(&path);
    let _ = dependencies(&String::from_utf8_lossy(bytes), None);
});

const TEXT: Format = Format::Text {
    colour: true,
    width: Some(80),
};
