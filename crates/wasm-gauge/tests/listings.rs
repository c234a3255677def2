//! The listings against what other tools say of the same core modules.

mod support;

use std::fs;
use std::process::Command;

use wasm_gauge::binary::{Binary, Kind};
use wasm_gauge::measure::{Sections, Targets, targets::Source};

/// What `program` prints on a file that holds `bytes`.
fn told(program: &str, args: &[&str], bytes: &[u8]) -> String {
    let file = tempfile::NamedTempFile::new().expect("there is a place for temporary files");
    fs::write(&file, bytes).expect("the file is ours");
    let output = Command::new(program)
        .args(args)
        .arg(file.path())
        .output()
        .unwrap_or_else(|error| panic!("these tests need {program} on PATH: {error}"));
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).expect("the tool writes UTF-8")
}

/// Name, start and size of each section that `wasm-objdump -h` lists.
fn objdump(module: &[u8]) -> Vec<(String, u64, u64)> {
    let number = |text: &str| u64::from_str_radix(text, 16).expect("it is hexadecimal");
    let after = |line: &str, key: &str| {
        let (_, rest) = line.split_once(key).expect("it lists the section so");
        number(rest.split([' ', ')']).next().unwrap_or_default())
    };
    told("wasm-objdump", &["-h"], module)
        .lines()
        .filter(|line| line.contains("start=0x"))
        .map(|line| {
            let name = match line.split_once('"') {
                Some((_, name)) => name.trim_end_matches('"'),
                None => line.split_whitespace().next().unwrap_or_default(),
            };
            (
                name.to_owned(),
                after(line, "start=0x"),
                after(line, "size=0x"),
            )
        })
        .collect()
}

#[test]
fn sections_are_those_of_wasm_objdump() {
    /// The words of wasm-objdump for ours.
    const NAMES: [(&str, &str); 3] = [
        ("element", "Elem"),
        ("data count", "DataCount"),
        ("tag", "Tag"),
    ];
    let guest = support::module_with_world("guest.wat", "guest.wit");
    let component = support::component(&support::module_with_world("dice.wat", "dice.wit"));
    let all = wat::parse_str(
        r#"(module
            (import "a" "b" (func))
            (table 1 funcref) (memory 1) (tag) (global i32 (i32.const 0))
            (export "f" (func $f)) (start 0) (elem (i32.const 0) func 0)
            (func $f (data.drop 0)) (data "x") (@custom "last" "bytes"))"#,
    )
    .expect("it assembles");
    let mut compared = 0;
    for bytes in [guest, component, all] {
        let binary = Binary::parse(&bytes).expect("it is valid");
        for unit in Sections::measure("x.wasm", &binary).units {
            if unit.kind != Kind::CoreModule {
                continue;
            }
            let range = unit.offset as usize..(unit.offset + unit.bytes) as usize;
            let ours: Vec<_> = unit
                .sections
                .iter()
                .map(|section| {
                    let name = section.name.clone().unwrap_or_else(|| {
                        let mut names = NAMES.iter().filter(|(ours, _)| *ours == section.section);
                        names.next().map_or_else(
                            || section.section[..1].to_uppercase() + &section.section[1..],
                            |(_, theirs)| (*theirs).to_owned(),
                        )
                    });
                    (name, section.offset - unit.offset, section.bytes)
                })
                .collect();
            assert_eq!(ours, objdump(&bytes[range]));
            compared += ours.len();
        }
    }
    assert!(compared > 30, "{compared} sections");
}

/// A module with one instruction or declaration, and what it needs.
#[test]
fn features_are_found_by_validation() {
    for (text, features) in [
        ("", &[][..]),
        ("(func (result i32) f64.const 0 i32.trunc_f64_s)", &[]),
        (
            "(func (drop (i32.trunc_sat_f64_s (f64.const 0))))",
            &["nontrapping-fptoint"],
        ),
        ("(func (drop (i32.extend8_s (i32.const 0))))", &["sign-ext"]),
        (
            r#"(import "a" "b" (global (mut i32)))"#,
            &["mutable-globals"],
        ),
        (
            "(memory 1) (func (memory.fill (i32.const 0) (i32.const 0) (i32.const 0)))",
            &["bulk-memory-opt"],
        ),
        (
            r#"(memory 1) (data "x") (func (data.drop 0))"#,
            &["bulk-memory"],
        ),
        ("(func (result i32 i32) unreachable)", &["multivalue"]),
        ("(func (param externref))", &["reference-types"]),
        ("(func (param v128))", &["simd128"]),
        (
            "(func (param v128) (drop (i32x4.relaxed_trunc_f32x4_s (local.get 0))))",
            &["relaxed-simd", "simd128"],
        ),
        ("(memory 1 1 shared)", &["atomics"]),
        ("(memory i64 1)", &["memory64"]),
        ("(memory 1) (memory 1)", &["multimemory"]),
        ("(memory 1 (pagesize 1))", &["custom-page-sizes"]),
        ("(func return_call 0)", &["tail-call"]),
        ("(tag)", &["exception-handling"]),
        ("(func try catch_all end)", &["exception-handling"]),
        (
            "(global i32 (i32.add (i32.const 1) (i32.const 2)))",
            &["extended-const"],
        ),
        ("(type (struct))", &["gc"]),
        (
            "(func (param i64 i64 i64 i64) (result i64 i64) local.get 0 local.get 1 local.get 2 local.get 3 i64.add128)",
            &["multivalue", "wide-arithmetic"],
        ),
    ] {
        let bytes = wat::parse_str(format!("(module {text})")).expect("it assembles");
        let binary = Binary::parse(&bytes).expect("it is valid");
        let targets = Targets::measure("x.wasm", &binary).expect("there is no section to be read");
        assert_eq!(targets.modules[0].features, features, "{text}");
        assert_eq!(targets.modules[0].source, Source::Validation);
    }
}

#[test]
fn features_are_those_of_the_section_and_what_it_leaves_out() {
    let targets = |section: &str| {
        let text = format!(
            "(module (memory i64 1) (func (param externref)) (@custom \"target_features\" \"{section}\"))"
        );
        let bytes = wat::parse_str(text).expect("it assembles");
        let binary = Binary::parse(&bytes).expect("it is valid");
        Targets::measure("x.wasm", &binary).map(|mut targets| targets.modules.remove(0))
    };
    let module = targets("\\02+\\08memory64+\\0freference-types").expect("it is well-formed");
    assert_eq!(module.source, Source::Section);
    assert_eq!(module.features, ["memory64", "reference-types"]);
    // One used and unknown, one not used.
    let module = targets("\\02+\\05later-\\08memory64").expect("it is well-formed");
    assert_eq!(module.source, Source::SectionAndValidation);
    assert_eq!(module.features, ["later", "memory64", "reference-types"]);
    let error = targets("\\02+\\08memory64").expect_err("it is cut off");
    assert!(
        error.starts_with("malformed target_features section: "),
        "{error}"
    );
}
