//! The parts of a profile add up to the file, and a binary is a twin of itself.

#![no_main]

use libfuzzer_sys::fuzz_target;
use wasm_gauge::binary::Binary;
use wasm_gauge::measure::{Profile, Share};
use wasm_gauge::render::{Format, TopProfile, render};

fuzz_target!(|bytes: &[u8]| {
    let Ok(binary) = Binary::parse(bytes) else {
        return;
    };
    let profile = Profile::measure("x.wasm", &binary, None).expect("it has no twin to differ from");
    let total = bytes.len() as u64;
    let sum = |shares: &[Share]| shares.iter().map(|share| share.bytes).sum::<u64>();
    assert_eq!(profile.total_bytes, total);
    assert_eq!(sum(&profile.crates), total);
    assert_eq!(sum(&profile.sections), total);
    assert_eq!(
        profile.items.iter().map(|item| item.bytes).sum::<u64>(),
        total
    );
    let twin = Profile::measure("x.wasm", &binary, Some(&binary)).expect("its code is the same");
    assert_eq!(twin.items, profile.items);
    let top = TopProfile { profile, top: 3 };
    for format in [
        Format::Text { colour: true },
        Format::Markdown,
        Format::Json,
    ] {
        render(&top, format);
    }
});
