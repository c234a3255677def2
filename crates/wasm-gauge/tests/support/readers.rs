//! What every reader holds of any input. The fuzz targets call these with what the fuzzer makes up, a test with what is
//! known.

#![allow(dead_code, reason = "each fuzz target uses one of them")]

use std::fs;

use wasm_gauge::binary::elf::ElfProgram;
use wasm_gauge::binary::{Binary, replace_core_modules};
use wasm_gauge::engine::calls;
use wasm_gauge::escape::printable_lines;
use wasm_gauge::judge::{Assessment, BanVerdict, MemoryVerdict, find_banned};
use wasm_gauge::measure::externs::{Direction, Externs};
use wasm_gauge::measure::native::{crates, parts};
use wasm_gauge::measure::{
    Compilation, Diff, Memory, Paths, Profile, Reason, Sections, Share, TargetFeatures,
    dependencies,
};
use wasm_gauge::names::{owner, path};
use wasm_gauge::policy::{Bans, Policy};
use wasm_gauge::record::baseline::Baseline;
use wasm_gauge::record::comparison::Comparison;
use wasm_gauge::record::measurements::Variants;
use wasm_gauge::render::{
    ComparisonTable, Format, ProfileTable, Show, ShownComparison, TopProfile, render,
};

/// Sections fill each unit from its header to its end, and what is not replaced stays as it is.
pub fn binary(bytes: &[u8]) {
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
}

/// What a valid binary is, imports, exports, needs and must not hold is found and shown.
pub fn listings(bytes: &[u8]) {
    let Ok(binary) = Binary::parse(bytes) else {
        return;
    };
    show(&Sections::measure("x.wasm", &binary));
    for direction in [Direction::Imports, Direction::Exports] {
        show(&Externs::measure("x.wasm", &binary, direction, true).expect("it is valid"));
    }
    show(&MemoryVerdict::of(Memory::measure("x.wasm", &binary), None));
    show(&TargetFeatures::measure("x.wasm", &binary));
    let some = |text: &str| vec![text.to_owned()];
    let bans = Bans {
        crates: some("core"),
        symbols: some("*e::*a*b"),
        imports: some("*:*#*a"),
        strings: some("a"),
        max_unnamed: usize::MAX,
    };
    let search = find_banned(&binary, None, &bans).expect("all functions may be without names");
    let defined = binary
        .core_modules()
        .map(|unit| unit.module().functions.len());
    assert_eq!(search.functions + search.unnamed, defined.sum::<usize>());
    show(&BanVerdict {
        file: "x.wasm".to_owned(),
        functions: search.functions,
        unnamed: search.unnamed,
        dependencies: None,
        found: search.found,
    });
}

/// Of rustc's arguments, whatever they are, no more is read than there is.
pub fn arguments(text: &str) {
    let parts = text.split([',', '\n']).count();
    assert!(Compilation::of(text).crate_types.len() <= parts);
}

/// The parts of a profile add up to the file, what items retain adds up along the dominator tree, and
/// a binary is a twin of itself and no different from itself; to garbage alone there is no way.
pub fn profile(bytes: &[u8]) {
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
    let all = [String::new()];
    let paths = Paths::measure("x.wasm", &binary, None, &all, usize::MAX);
    let paths = paths.expect("it has no twin to differ from");
    let garbage = paths.ways.iter().filter(|way| {
        let is_own = way.steps.last().is_some_and(|item| item.bytes.is_some());
        is_own && way.reason == Reason::Garbage
    });
    let items = profile.items.iter().filter(|item| item.garbage);
    assert_eq!(garbage.count(), items.count());
    show(&paths);
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
    show(&top);
}

/// The parts of a native program add up to the file, and what crates have in it to no more.
pub fn program(bytes: &[u8]) {
    let Ok(program) = ElfProgram::parse(bytes) else {
        return;
    };
    let total = bytes.len() as u64;
    assert_eq!(parts(&program).values().sum::<u64>(), total);
    let sections = program
        .sections
        .iter()
        .filter(|section| section.address != 0);
    let loaded: u128 = sections.map(|section| u128::from(section.place.1)).sum();
    let crates = crates(&program).unwrap_or_default();
    let bytes = crates
        .iter()
        .map(|found| u128::from(found.code_bytes) + u128::from(found.data_bytes));
    assert!(crates.is_empty() || bytes.sum::<u128>() == loaded);
}

/// A symbol's path is not much longer than the symbol.
pub fn symbols(symbol: &str) {
    assert!(path(symbol).len() <= symbol.len() * 64);
    owner(symbol);
}

/// A policy, and behind a NUL the manifest beside it, are read or refused with their place.
pub fn policy(text: &str) {
    let folder = tempfile::tempdir().expect("there is a place for temporary files");
    let (policy, manifest) = text.split_once('\0').unwrap_or((text, ""));
    for (name, text) in [("gauge.toml", policy), ("Cargo.toml", manifest)] {
        fs::write(folder.path().join(name), text).expect("the folder is ours");
    }
    if let Err(error) = Policy::load(&folder.path().join("gauge.toml")) {
        let place = folder.path().display().to_string();
        assert!(error.to_string().starts_with(&place), "{error}");
    }
}

/// Baselines, measurements, calls and cargo's metadata are read or refused; a baseline that was read is written the same.
pub fn json(bytes: &[u8]) {
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
        show(&ShownComparison {
            verdict: Assessment {
                comparison: Comparison::of(variants, Some("x"), |_| None),
                decision: None,
                startup: None,
            },
            tables: vec![ComparisonTable::Sizes],
        });
    }
    let _ = calls::read(&path);
    let _ = dependencies(&String::from_utf8_lossy(bytes), None);
}

/// Shows it in every format, in which every character can be seen.
pub fn show(what: &impl Show) {
    for format in [
        Format::Text {
            colour: true,
            width: Some(80),
        },
        Format::Markdown,
        Format::Json,
    ] {
        let mut text = render(what, format);
        // The styles of verdicts.
        for style in ["\x1b[32m", "\x1b[1;31m", "\x1b[0m"] {
            text = text.replace(style, "");
        }
        assert_eq!(text, printable_lines(&text));
    }
}
