//! Profiles: every byte is in one row, under the name of what it is.

use proptest::prelude::*;
use wasm_gauge::Fault;
use wasm_gauge::binary::Binary;
use wasm_gauge::measure::{ItemKind, Profile};

use crate::support;

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

fn measure(bytes: &[u8], twin: Option<&[u8]>) -> Result<Profile, Fault> {
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
            ("run", "(exports)", 7),
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
            error
                .line()
                .contains(&format!("the {section} section of core module 0 differs")),
            "{error}"
        );
    }
}

/// Every kind of reference, and of everything something that nothing refers to.
const REFERENCES: &str = r#"(module
  (type $void (func))
  (type $bytes (array i8))
  (type $functions (array funcref))
  (import "env" "table" (table $imported 4 funcref))
  (import "env" "global" (global $base i32))
  (memory 1)
  (table $own 8 funcref)
  (table $unused 8 funcref)
  (table $default 1 (ref $void) (ref.func $in-table-initializer))
  (global $used (mut i32) (i32.const 0))
  (global $unused-global (ref func) (ref.func $only-unused))
  (global $reference (ref func) (ref.func $in-global))
  (export "run" (func $run))
  (start $start)
  (elem $active (table $own) (i32.const 0) func $indirect)
  (elem $active-unused (table $unused) (i32.const 0) func $only-unused)
  (elem $outside (table $imported) (global.get $base) func $outside)
  (elem $passive func $passive)
  (elem $array funcref (ref.func $in-array))
  (elem $dropped func $only-unused)
  (elem declare func $only-unused)
  (func $start)
  (func $run
    (call $middle) (global.set $used (i32.const 1)) (drop (global.get $reference))
    (call_indirect $own (type $void) (i32.const 0))
    (drop (table.get $default (i32.const 0)))
    (table.init $own $passive (i32.const 0) (i32.const 0) (i32.const 0))
    (drop (array.new_elem $functions $array (i32.const 0) (i32.const 0)))
    (memory.init $init (i32.const 0) (i32.const 0) (i32.const 0))
    (drop (array.new_data $bytes $new (i32.const 0) (i32.const 0)))
    (return_call $tail))
  (func $middle (call $leaf) (call $shared))
  (func $leaf (call $middle) nop nop nop)
  (func $tail (call $shared))
  (func $shared nop)
  (func $indirect)
  (func $outside)
  (func $passive)
  (func $in-array)
  (func $in-global)
  (func $in-table-initializer)
  (func $only-unused)
  (func $unused-caller (call $only-unused) (call $shared) (elem.drop $dropped))
  (data $active-data (i32.const 0) "a")
  (data $init "b")
  (data $new "c")
  (data $nobody "d"))"#;

#[test]
fn items_are_kept_by_what_leads_to_them() {
    let bytes = wat::parse_str(REFERENCES).expect("the text is valid");
    let profile = measure(&bytes, None).expect("it has no twin");
    assert!(adds_up(&profile));
    let mut garbage: Vec<_> = profile.items.iter().filter(|item| item.garbage).collect();
    garbage.sort_by(|a, b| a.name.cmp(&b.name));
    let names: Vec<_> = garbage.iter().map(|item| item.name.as_str()).collect();
    assert_eq!(
        names,
        [
            // The unused table's segment, and the one that only garbage drops.
            "element[1]",
            "element[5]",
            "global[2]",
            "nobody",
            "only-unused",
            "table[2]",
            "unused-caller",
        ]
    );
    assert!(garbage.iter().all(|item| item.dominator.is_none()));
    let named = |name: &str| {
        let item = profile.items.iter().find(|item| item.name == name);
        item.unwrap_or_else(|| panic!("there is no {name}"))
    };
    for (name, dominator) in [
        ("run", None),
        ("start", None),
        ("active-data", None),
        ("element[2]", None),
        ("outside", Some("element[2]")),
        ("middle", Some("run")),
        ("leaf", Some("middle")),
        ("tail", Some("run")),
        ("shared", Some("run")),
        ("table[1]", Some("run")),
        ("element[0]", Some("table[1]")),
        ("indirect", Some("element[0]")),
        ("passive", Some("element[3]")),
        ("in-array", Some("element[4]")),
        ("in-global", Some("global[3]")),
        ("in-table-initializer", Some("table[3]")),
        ("global[1]", Some("run")),
        ("init", Some("run")),
        ("new", Some("run")),
    ] {
        let found = named(name)
            .dominator
            .map(|index| &profile.items[index].name);
        assert_eq!(found.map(String::as_str), dominator, "{name}");
    }
    assert_eq!(
        named("middle").retained_bytes,
        named("middle").bytes + named("leaf").bytes
    );
}

proptest! {
    #[test]
    fn an_item_retains_what_removing_it_makes_unreachable(
        calls in prop::collection::vec((0..12_usize, 0..12_usize), 0..30),
        exports in prop::collection::vec(0..12_usize, 0..4),
    ) {
        // Twelve functions of different sizes.
        let mut text = String::from("(module");
        for function in 0..12 {
            let callees = calls.iter().filter(|(from, _)| *from == function);
            let calls: String = callees.map(|(_, to)| format!("(call $f{to})")).collect();
            text += &format!("(func $f{function} {calls} {})", "nop ".repeat(function));
        }
        for (index, function) in exports.iter().enumerate() {
            text += &format!("(export \"{index}\" (func $f{function}))");
        }
        let bytes = wat::parse_str(text + ")").expect("the text is valid");
        let profile = measure(&bytes, None).expect("it has no twin");
        let item = |function: usize| {
            let name = format!("f{function}");
            profile.items.iter().find(|item| item.name == name).expect("all are named")
        };
        // What the exports lead to when `without` is not there.
        let reachable = |without: Option<usize>| {
            let mut reached = [false; 12];
            let mut next = exports.clone();
            while let Some(function) = next.pop() {
                if Some(function) != without && !reached[function] {
                    reached[function] = true;
                    next.extend(calls.iter().filter(|(from, _)| *from == function).map(|(_, to)| to));
                }
            }
            reached
        };
        let all = reachable(None);
        for function in 0..12 {
            prop_assert_eq!(item(function).garbage, !all[function]);
            let kept = reachable(Some(function));
            let lost = (0..12).filter(|other| all[*other] && !kept[*other]);
            let lost: u64 = lost.map(|other| item(other).bytes).sum();
            let expected = if all[function] { lost } else { item(function).bytes };
            prop_assert_eq!(item(function).retained_bytes, expected);
        }
    }
}

#[test]
fn copies_of_generic_functions_are_counted() {
    // Of `impl<T> ToString for T` in a crate `a`, two types' methods; another block's; two of a function.
    let bytes = wat::parse_str(
        r#"(module
          (func $_RNvXs_C1ahNtB4_8ToString9to_string nop nop)
          (func $_RNvXs_C1atNtB4_8ToString9to_string nop)
          (func $_RNvXs0_C1amNtB5_8ToString9to_string)
          (func $_RINvC1a2idhEC1b)
          (func $_RINvC1a2idtEC1b)
          (func $_ZN1a2id17h0123456789abcdefE)
          (func $memcpy) (func $memcpy.1))"#,
    )
    .expect("the text is valid");
    let profile = measure(&bytes, None).expect("it has no twin");
    let rows: Vec<_> = profile
        .monomorphizations
        .iter()
        .map(|copies| {
            let name = copies.name.as_str();
            (name, copies.copies, copies.bytes, copies.savable_bytes)
        })
        .collect();
    assert_eq!(
        rows,
        [
            ("<_ as a::ToString>::to_string", 2, 5 + 4, 4),
            ("a::id", 2, 3 + 3, 3)
        ]
    );
}
