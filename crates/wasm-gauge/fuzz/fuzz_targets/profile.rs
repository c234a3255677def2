//! The parts of a profile add up to the file, what items retain adds up along the dominator tree, and
//! a binary is a twin of itself and no different from itself.

#![no_main]

use libfuzzer_sys::fuzz_target;
use wasm_gauge::binary::Binary;
use wasm_gauge::measure::{Diff, Profile, Share};
use wasm_gauge::render::{Format, ProfileTable, TopProfile, render};

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
    let mut retained: Vec<u64> = profile.items.iter().map(|item| item.bytes).collect();
    for item in &profile.items {
        if let Some(dominator) = item.dominator {
            retained[dominator] += item.retained_bytes;
        }
    }
    let said = profile.items.iter().map(|item| item.retained_bytes);
    assert!(said.eq(retained));
    let twin = Profile::measure("x.wasm", &binary, Some(&binary)).expect("its code is the same");
    assert_eq!(twin.items, profile.items);
    let diff = Diff::of((binary.kind(), &twin), (binary.kind(), &profile));
    assert_eq!(diff.difference_bytes, 0);
    for differences in [
        diff.crates,
        diff.functions,
        diff.sections,
        diff.data_segments,
    ] {
        assert_eq!(differences.changed, []);
        assert_eq!(differences.unchanged_bytes, total);
    }
    let top = TopProfile {
        profile,
        tables: vec![
            ProfileTable::Items,
            ProfileTable::Dominators,
            ProfileTable::Monomorphizations,
            ProfileTable::Garbage,
        ],
        top: 3,
        depth: 3,
    };
    for format in [TEXT, Format::Markdown, Format::Json] {
        render(&top, format);
    }
});

const TEXT: Format = Format::Text {
    colour: true,
    width: Some(80),
};
