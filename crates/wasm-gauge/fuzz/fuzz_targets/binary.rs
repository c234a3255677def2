//! Sections fill each unit from its header to its end, and what is not replaced stays as it is.

#![no_main]

use libfuzzer_sys::fuzz_target;
use wasm_gauge::binary::{Binary, replace_core_modules};

fuzz_target!(|bytes: &[u8]| {
    let Ok(binary) = Binary::parse(bytes) else {
        return;
    };
    assert_eq!(binary.units()[0].range, 0..bytes.len());
    for unit in binary.units() {
        let end = unit
            .sections
            .iter()
            .fold(unit.range.start + 8, |end, section| {
                assert_eq!(section.range.start, end);
                assert_eq!(section.range.end, section.contents.end);
                section.range.end
            });
        assert_eq!(end, unit.range.end);
    }
    assert_eq!(replace_core_modules(&binary, |_, _| None), bytes);
    let same = replace_core_modules(&binary, |_, module| Some(module.to_vec()));
    assert_eq!(same, bytes);
});
