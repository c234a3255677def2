//! Profiles: every byte is in one row, under the name of what it is.

mod support;

use proptest::prelude::*;
use wasm_gauge::binary::Binary;
use wasm_gauge::measure::{ItemKind, Profile};

/// Functions of Rust (v0 and legacy), C and C++, and none but the first two named by exports.
const NAMED: &str = r#"(module
  (import "env" "log" (func $log))
  (memory 1)
  (func $_RNvMs3_NtCseLQvIVI957N_10serde_json2deINtB5_12DeserializerNtNtB7_4read7StrReadE10peek_errorB7_
    (call $log))
  (func $run (export "run") (call $log) (call $log))
  (func $_ZN4core3ptr42drop_in_place$LT$alloc..string..String$GT$17h0123456789abcdefE.17)
  (func $memcpy)
  (func $__multi3)
  (func $__wasilibc_init)
  (func $_ZN3foo3barEv)
  (data $.rodata (i32.const 0) "0123456789"))"#;

fn measure(bytes: &[u8], twin: Option<&[u8]>) -> Result<Profile, String> {
    let twin = twin.map(|twin| Binary::parse(twin).expect("the twin is valid"));
    let binary = Binary::parse(bytes).expect("the binary is valid");
    Profile::measure("x.wasm", &binary, twin.as_ref())
}

fn adds_up(profile: &Profile) -> bool {
    let items = profile.items.iter().map(|item| item.bytes).sum::<u64>();
    [&profile.crates, &profile.sections]
        .map(|shares| shares.iter().map(|share| share.bytes).sum::<u64>())
        .iter()
        .all(|sum| *sum == profile.total_bytes)
        && items == profile.total_bytes
}

/// `bytes`, a core module, without its name section.
fn stripped(bytes: &[u8]) -> Vec<u8> {
    let binary = Binary::parse(bytes).expect("the binary is valid");
    let mut kept = support::MODULE.to_vec();
    for section in &binary.units()[0].sections {
        if section.name != "name" {
            kept.extend(&bytes[section.range.clone()]);
        }
    }
    kept
}

proptest! {
    #[test]
    fn every_byte_is_in_one_row(bytes in support::any_binary()) {
        prop_assert!(adds_up(&measure(&bytes, None).expect("it has no twin")));
    }

    #[test]
    fn what_was_changed_is_refused_or_adds_up(
        component: bool,
        at: prop::sample::Index,
        byte: u8,
    ) {
        let core = support::module_with_world("guest.wat", "guest.wit");
        let mut bytes = if component { support::component(&core) } else { core };
        let at = at.index(bytes.len());
        bytes[at] = byte;
        if let Ok(binary) = Binary::parse(&bytes) {
            let profile = Profile::measure("x.wasm", &binary, None).expect("it has no twin");
            prop_assert!(adds_up(&profile));
        }
    }
}

#[test]
fn functions_have_their_crates_and_sizes() {
    let bytes = wat::parse_str(NAMED).expect("the text is valid");
    let profile = measure(&bytes, None).expect("it has no twin");
    assert!(adds_up(&profile));
    assert_eq!((profile.functions, profile.unnamed_functions), (7, 0));
    let of_kind = |kind| {
        let items = profile.items.iter().filter(move |item| item.kind == kind);
        let row = |item: &wasm_gauge::measure::Item| {
            (
                item.name.clone(),
                item.owner.clone().unwrap_or_default(),
                item.bytes,
            )
        };
        items.map(row).collect::<Vec<_>>()
    };
    let rows = |rows: &[(&str, &str, u64)]| -> Vec<(String, String, u64)> {
        let row = |(name, owner, bytes): &(&str, &str, u64)| {
            ((*name).to_owned(), (*owner).to_owned(), *bytes)
        };
        rows.iter().map(row).collect()
    };
    // A length, a count of locals, `end`, and two bytes for each call.
    assert_eq!(
        of_kind(ItemKind::Function),
        rows(&[
            ("run", "unattributed", 7),
            (
                "<serde_json::de::Deserializer<serde_json::read::StrRead>>::peek_error",
                "serde_json",
                5
            ),
            ("_ZN3foo3barEv", "C++", 3),
            ("__multi3", "compiler-rt", 3),
            ("__wasilibc_init", "wasi-libc", 3),
            ("core::ptr::drop_in_place<alloc::string::String>", "core", 3),
            ("memcpy", "wasi-libc", 3),
        ])
    );
    // Flags, `i32.const`, its offset, `end`, a length, and the data.
    assert_eq!(
        of_kind(ItemKind::DataSegment),
        rows(&[(".rodata", "", 5 + 10)])
    );
}

#[test]
fn names_come_from_a_twin_with_the_same_code() {
    let named = wat::parse_str(NAMED).expect("the text is valid");
    let shipped = stripped(&named);
    let alone = measure(&shipped, None).expect("it has no twin");
    assert!(adds_up(&alone));
    assert_eq!(alone.unnamed_functions, 7);
    let (crates, functions) = alone.heaviest(1, 1);
    assert_eq!((crates.len(), functions.count()), (1, 1));
    let names: Vec<_> = alone.items.iter().map(|item| item.name.as_str()).collect();
    assert!(names.contains(&"run") && names.contains(&"function[3]") && names.contains(&"data[0]"));

    let with_twin = measure(&shipped, Some(&named)).expect("it is the twin");
    assert!(adds_up(&with_twin));
    let functions = |profile: &Profile| -> Vec<_> {
        let items = profile.items.iter();
        items
            .filter(|item| item.kind == ItemKind::Function)
            .cloned()
            .collect()
    };
    let from_named = measure(&named, None).expect("it has no twin");
    assert_eq!(functions(&with_twin), functions(&from_named));

    for (from, to, section) in [
        ("(call $log) (call $log))", "(call $log) nop nop)", "code"),
        ("\"log\"", "\"lag\"", "import"),
    ] {
        let other = wat::parse_str(NAMED.replace(from, to)).expect("the text is valid");
        let error = measure(&shipped, Some(&other)).expect_err("it is no twin");
        assert!(
            error.contains(&format!("the {section} section of core module 0 differs")),
            "{error}"
        );
    }
}
