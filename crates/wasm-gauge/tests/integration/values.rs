//! Values of all types go into components and come out of them.

use std::fs;

use serde_json::{Value, json};

use crate::support::wasm_gauge;

/// A type, the core type that it is passed as, and values of it; the function gives back what it is given.
const SAME: &[(&str, &str, &str)] = &[
    ("bool", "i32", "[true, false]"),
    ("u8", "i32", "[0, 255]"),
    ("s8", "i32", "[-128, 127]"),
    ("u16", "i32", "[65535]"),
    ("s16", "i32", "[-32768]"),
    ("u32", "i32", "[4294967295]"),
    ("s32", "i32", "[-2147483648]"),
    ("u64", "i64", "[18446744073709551615]"),
    ("s64", "i64", "[-9223372036854775808]"),
    ("f32", "f32", "[0.1, -2.5]"),
    ("f64", "f64", "[0.1, 1e300]"),
    ("char", "i32", r#"["é"]"#),
    ("$colour", "i32", r#"["red", "green"]"#),
    ("$rights", "i32", r#"[[], ["read", "write"]]"#),
    ("$pair", "i32", r#"[{"a": 7}]"#),
];

/// Results that do not fit into one core value, as they lie in memory at 0.
const MADE: &[(&str, &str, &str)] = &[
    ("(option u32)", r"\01\00\00\00\05\00\00\00", "5"),
    ("(option u32)", r"\00", "null"),
    ("(tuple u8 u8)", r"\01\02", "[1, 2]"),
    (
        "(list u16)",
        r"\10\00\00\00\02\00\00\00\00\00\00\00\00\00\00\00\01\00\02\00",
        "[1, 2]",
    ),
    ("(result u8 (error u8))", r"\01\09", r#"{"err": 9}"#),
    ("$shape", r"\01\04", r#"{"dot": 4}"#),
    ("$shape", r"\00", r#""none""#),
];

const TYPES: &str = r#"
    (type $colour' (enum "red" "green")) (export $colour "colour" (type $colour'))
    (type $rights' (flags "read" "write")) (export $rights "rights" (type $rights'))
    (type $pair' (record (field "a" u8))) (export $pair "pair" (type $pair'))
    (type $shape' (variant (case "none") (case "dot" u8))) (export $shape "shape" (type $shape'))"#;

fn component(core: &str, function: &str) -> Vec<u8> {
    let text = format!(
        "(component {TYPES} (core module $m {core}) (core instance $i (instantiate $m)) {function})"
    );
    wat::parse_str(&text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

/// What `f` of the component answers to the arguments: exit status, and the line or the message.
fn called(bytes: &[u8], args: &Value) -> (Option<i32>, String) {
    let folder = tempfile::tempdir().expect("there is a place for temporary files");
    let write = |name: &str, bytes: &[u8]| {
        fs::write(folder.path().join(name), bytes).expect("the folder is ours");
    };
    write("f.wasm", bytes);
    write(
        "f.jsonl",
        json!({"call": "f", "args": args}).to_string().as_bytes(),
    );
    let output = wasm_gauge()
        .current_dir(&folder)
        .args(["call", "f.wasm", "--calls", "f.jsonl"])
        .output()
        .expect("the tool starts");
    let said = if output.status.success() {
        output.stdout
    } else {
        output.stderr
    };
    (
        output.status.code(),
        String::from_utf8_lossy(&said).trim_end().to_owned(),
    )
}

#[test]
fn what_goes_in_comes_out() {
    for (ty, core, values) in SAME {
        let bytes = component(
            &format!(r#"(func (export "f") (param {core}) (result {core}) (local.get 0))"#),
            &format!(
                r#"(func (export "f") (param "x" {ty}) (result {ty}) (canon lift (core func $i "f")))"#
            ),
        );
        let values: Vec<Value> = serde_json::from_str(values).expect("it is JSON");
        for value in values {
            let expected = (Some(0), json!({ "value": value }).to_string());
            assert_eq!(called(&bytes, &json!([value])), expected, "{ty}");
        }
        // nothing is taken for what it is not
        let (status, said) = called(&bytes, &json!([{ "planted": [] }]));
        assert_eq!(status, Some(3), "{ty}: {said}");
        assert!(said.contains("`f`: x: "), "{ty}: {said}");
    }
}

#[test]
fn what_lies_in_memory_is_read() {
    for (ty, data, expected) in MADE {
        let bytes = component(
            &format!(
                r#"(memory (export "memory") 1) (data (i32.const 0) "{data}") (func (export "f") (result i32) (i32.const 0))"#
            ),
            &format!(
                r#"(func (export "f") (result {ty}) (canon lift (core func $i "f") (memory (core memory $i "memory"))))"#
            ),
        );
        let expected: Value = serde_json::from_str(expected).expect("it is JSON");
        let expected = match &expected {
            Value::Object(object) if object.contains_key("err") => expected.to_string(),
            value => json!({ "value": value }).to_string(),
        };
        assert_eq!(called(&bytes, &json!([])), (Some(0), expected), "{ty}");
    }
}

#[test]
fn what_is_not_there_traps_when_it_is_called() {
    let component = |body: &str| {
        let text = format!(
            r#"(component (import "host:none/at-all@1.0.0" (instance $host (export "g" (func))))
                (core func $g (canon lower (func $host "g")))
                (core module $m (import "" "g" (func $g)) (func (export "f") {body}))
                (core instance $i (instantiate $m (with "" (instance (export "g" (func $g))))))
                (func (export "f") (canon lift (core func $i "f"))))"#
        );
        wat::parse_str(&text).expect("it assembles")
    };
    let silent = called(&component(""), &json!([]));
    assert_eq!(silent, (Some(0), r#"{"value":null}"#.to_owned()));
    let (status, said) = called(&component("(call $g)"), &json!([]));
    assert_eq!(status, Some(1), "{said}");
    assert!(said.contains("host:none/at-all@1.0.0"), "{said}");
}
