//! Names are read alike from both manglings of Rust.
//!
//! `fixtures/mangling/symbols.tsv` holds functions of app.rs beside it, and of the standard library, as rustc 1.95 calls
//! them with `-Csymbol-mangling-version=legacy` and with `v0`. Its debug information told which are the same function.

use std::collections::BTreeMap;
use std::fs;

use rustc_demangle::try_demangle;
use wasm_gauge::binary::Binary;
use wasm_gauge::measure::Profile;
use wasm_gauge::names::{generic, owner, path};

use crate::support::wasm_gauge;

const SYMBOLS: &str = include_str!("../fixtures/mangling/symbols.tsv");

/// The symbols of each function: the legacy one, and that of v0.
fn pairs() -> Vec<(&'static str, &'static str)> {
    let pairs = SYMBOLS.lines().map(|line| line.split_once('\t'));
    pairs
        .map(|pair| pair.expect("it has two columns"))
        .collect()
}

/// A module of functions with these symbols, each larger than the one before.
fn module(symbols: impl Iterator<Item = &'static str>) -> Vec<u8> {
    let functions = symbols.enumerate().map(|(index, symbol)| {
        let nops = "nop ".repeat(index + 1);
        format!("(func ${symbol:?} {nops})")
    });
    let text = format!("(module {})", functions.collect::<String>());
    wat::parse_str(text).expect("it assembles")
}

#[test]
fn a_function_is_of_the_same_crate() {
    let mut crates = BTreeMap::new();
    for (legacy, v0) in pairs() {
        for symbol in [legacy, v0] {
            let demangled = try_demangle(symbol).expect("it is Rust's");
            let plain = path(symbol);
            assert!(!plain.contains("::h0") && demangled.to_string().len() >= plain.len());
        }
        let said = owner(v0).expect("it is Rust's");
        // Legacy symbols do not tell which of two crates has implemented the trait.
        let expected = match path(legacy).as_str() {
            "<lol::A<u8> as app::Shout>::loud" => "lol",
            _ => &said,
        };
        assert_eq!(
            owner(legacy).as_deref(),
            Some(expected),
            "{legacy} and {v0}"
        );
        *crates.entry(said).or_insert(0) += 1;
    }
    assert!(crates["app"] >= 20 && crates["lol"] >= 20, "{crates:?}");
}

#[test]
fn copies_are_of_the_same_generic_function() {
    let mut groups: BTreeMap<_, (&str, _)> = BTreeMap::new();
    let mut compared = 0;
    for (legacy, v0) in pairs() {
        let generics = [legacy, v0].map(|symbol| generic(symbol, &path(symbol)));
        let [Some(generic), Some(expected)] = generics else {
            continue;
        };
        let expected = (expected.place.to_owned(), expected.template);
        let (first, group) = groups
            .entry(generic.template)
            .or_insert((legacy, expected.clone()));
        compared += usize::from(*first != legacy);
        assert_eq!(*group, expected, "{legacy} and {first}");
    }
    assert!(compared >= 20, "{compared} copies");
}

#[test]
fn the_same_bans_are_broken() {
    let folder = tempfile::tempdir().expect("there is a place for temporary files");
    let write = |name: &str, bytes: &[u8]| {
        fs::write(folder.path().join(name), bytes).expect("the folder is ours");
    };
    write(
        "legacy.wasm",
        &module(pairs().into_iter().map(|pair| pair.0)),
    );
    write("v0.wasm", &module(pairs().into_iter().map(|pair| pair.1)));
    for ban in [
        "crates = [\"app\"]",
        "symbols = [\"lol::A::with\"]",
        "symbols = [\"app::Own::hidden\"]",
        "symbols = [\"lol::Speak::twice\"]",
        "symbols = [\"Speak::speak\"]",
        "symbols = [\"GlobalAlloc::alloc_zeroed\"]",
        "symbols = [\"FnOnce::call_once\"]",
        "symbols = [\"vec::Vec::append_elements\"]",
        "symbols = [\"deep::inner::innermost\"]",
        "symbols = [\"ptr::drop_in_place\"]",
    ] {
        write("gauge.toml", format!("[bans]\n{ban}\n").as_bytes());
        let found = |file: &str| {
            let output = wasm_gauge()
                .current_dir(&folder)
                .args(["bans", "--format", "json", "--policy", "gauge.toml", file])
                .output()
                .expect("the tool starts");
            assert_eq!(output.status.code(), Some(1), "{ban} in {file}: {output:?}");
            let verdict: serde_json::Value =
                serde_json::from_slice(&output.stdout).expect("it is JSON");
            let found = verdict["found"].as_array().expect("it is a list");
            let mut bytes: Vec<_> = found.iter().map(|found| found["bytes"].as_u64()).collect();
            bytes.sort_unstable();
            bytes
        };
        let (mut legacy, v0) = (found("legacy.wasm"), found("v0.wasm"));
        if ban.contains("crates") {
            // the one that legacy symbols count to the crate of the type
            let index = pairs()
                .iter()
                .position(|(legacy, _)| path(legacy) == "<lol::A<u8> as app::Shout>::loud")
                .expect("it is there");
            legacy.push(Some(index as u64 + 3));
            legacy.sort_unstable();
        }
        assert_eq!(legacy, v0, "{ban}");
    }
}

#[test]
fn a_profile_counts_to_the_same_crates() {
    let crates = |bytes: &[u8]| {
        let binary = Binary::parse(bytes).expect("it is valid");
        let profile = Profile::measure("", &binary, None).expect("it has no twin");
        let shares = profile
            .crates
            .into_iter()
            .filter(|share| share.name != "(module structure)");
        shares
            .map(|share| (share.name, share.items))
            .collect::<BTreeMap<_, _>>()
    };
    let legacy = crates(&module(pairs().into_iter().map(|pair| pair.0)));
    let mut v0 = crates(&module(pairs().into_iter().map(|pair| pair.1)));
    *v0.get_mut("app").expect("it is there") -= 1;
    *v0.get_mut("lol").expect("it is there") += 1;
    assert_eq!(legacy, v0);
}
