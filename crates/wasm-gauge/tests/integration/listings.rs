//! The target features of core modules, by validation and by section.

use wasm_gauge::binary::Binary;
use wasm_gauge::binary::target_features::Source;
use wasm_gauge::measure::TargetFeatures;

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
        let targets = TargetFeatures::measure("x.wasm", &binary);
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
        TargetFeatures::measure("x.wasm", &binary).modules.remove(0)
    };
    let module = targets("\\02+\\08memory64+\\0freference-types");
    assert_eq!(module.source, Source::Section);
    assert_eq!(module.features, ["memory64", "reference-types"]);
    // One used and unknown, one not used.
    let module = targets("\\02+\\05later-\\08memory64");
    assert_eq!(module.source, Source::SectionAndValidation);
    assert_eq!(module.features, ["later", "memory64", "reference-types"]);
    // It is cut off: as good as none.
    let module = targets("\\02+\\08memory64");
    assert_eq!(module.source, Source::Validation);
    assert_eq!(module.features, ["memory64", "reference-types"]);
}
