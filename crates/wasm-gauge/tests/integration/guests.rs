//! Guests that are not what they say, ask for more than they get, or never end.

use std::fs;
use std::process::Command;

use tempfile::TempDir;

use crate::support::{component, inputs, wasm_gauge, with_world};

/// What the worlds here have.
const WORLD: &str = "package a:b; world w { export f: func() -> string; }";

/// A core module of that world, with what makes it one.
fn guest(text: &str) -> Vec<u8> {
    let text = format!(
        r#"(module (memory (export "memory") 1)
            (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (i32.const 64)) {text})"#
    );
    with_world(wat::parse_str(text).expect("it assembles"), WORLD)
}

/// A folder with `bytes` as `in.wasm`, and a call of `f`.
fn folder(bytes: &[u8]) -> TempDir {
    let folder = tempfile::tempdir().expect("there is a place for temporary files");
    let write = |name: &str, bytes: &[u8]| {
        fs::write(folder.path().join(name), bytes).expect("the folder is ours");
    };
    write("in.wasm", bytes);
    write("f.jsonl", br#"{"call": "f", "args": []}"#);
    folder
}

/// Exit status and all that is said.
fn run(folder: &TempDir, args: &[&str]) -> (Option<i32>, String) {
    let output = wasm_gauge()
        .current_dir(folder)
        .args(args)
        .env_remove("RUST_BACKTRACE")
        .output()
        .expect("the tool starts");
    let said = [output.stdout, output.stderr].concat();
    (
        output.status.code(),
        String::from_utf8_lossy(&said).into_owned(),
    )
}

/// All ways to call a guest.
const WAYS: [&[&str]; 4] = [
    &["call", "in.wasm", "--calls", "f.jsonl"],
    &["memory", "in.wasm", "--calls", "f.jsonl"],
    &[
        "startup",
        "in.wasm",
        "--calls",
        "f.jsonl",
        "--repetitions",
        "1",
        "--compilations",
        "1",
    ],
    &["bench", "--no-time", "--workload", "w=f.jsonl", "a=in.wasm"],
];

/// A core module's `f` and what else it has, and what is said of it.
const TYPES: [(&str, &str); 9] = [
    (
        r#"(func (export "f") (result i64) (i64.const 0))"#,
        "`f`: its world says func() -> string, but the core function is () -> (i64) instead of () -> (i32)",
    ),
    (
        r#"(func (export "f") (result f32) (f32.const 0))"#,
        "is () -> (f32) instead of () -> (i32)",
    ),
    (
        r#"(func (export "f"))"#,
        "is () -> () instead of () -> (i32)",
    ),
    (
        r#"(func (export "f") (result i32 i32) (i32.const 0) (i32.const 0))"#,
        "is () -> (i32, i32) instead of () -> (i32)",
    ),
    (
        r#"(func (export "f") (param i32) (result i32) (i32.const 0))"#,
        "is (i32) -> (i32) instead of () -> (i32)",
    ),
    (
        r#"(func (export "f") (result v128) (v128.const i64x2 0 0))"#,
        "is () -> (v128) instead of () -> (i32)",
    ),
    (
        r#"(global (export "f") i32 (i32.const 0))"#,
        "the core module exports no such function",
    ),
    ("", "the core module exports no such function"),
    (
        r#"(func (export "f") (result i32) (i32.const 0)) (func (export "cabi_post_f") (param i64))"#,
        "the core function `cabi_post_f` is (i64) -> () instead of (i32) -> ()",
    ),
];

#[test]
fn a_guest_of_other_types_than_its_world_is_refused() {
    for (text, reason) in TYPES {
        let folder = folder(&guest(text));
        for way in WAYS {
            let (status, said) = run(&folder, way);
            assert_eq!(status, Some(3), "{text} {way:?}: {said}");
            assert!(said.contains(reason), "{text} {way:?}: {said}");
            assert_eq!(said.matches("`f`").count(), 1, "{text} {way:?}: {said}");
        }
    }
    for (text, reason) in [
        (
            r#"(module (memory (export "memory") 1) (func (export "cabi_realloc")))"#,
            "its export `cabi_realloc`: ",
        ),
        (
            r#"(module (memory (export "memory") 1) (func (export "_initialize") (param i32)))"#,
            "its export `_initialize`: ",
        ),
        ("(module)", "exports no memory `memory`"),
    ] {
        let module = wat::parse_str(text).expect("it assembles");
        let folder = folder(&with_world(module, WORLD));
        for way in WAYS {
            let (status, said) = run(&folder, way);
            assert_eq!(status, Some(3), "{text} {way:?}: {said}");
            assert!(said.contains(reason), "{text} {way:?}: {said}");
        }
    }
}

/// Instructions that leave -1 for each growth that the specification lets fail.
const GROWTH: [(&str, &str); 6] = [
    ("", "(memory.grow (i32.const 65000))"),
    ("", "(memory.grow (i32.const 16384))"),
    ("(memory $n 0)", "(memory.grow $n (i32.const 16384))"),
    (
        "(table $t 1 2 funcref)",
        "(table.grow $t (ref.null func) (i32.const 10000000))",
    ),
    (
        "(table $t 0 funcref)",
        "(table.grow $t (ref.null func) (i32.const 1048577))",
    ),
    // What was refused, or beyond its own maximum, takes nothing from what may still grow.
    (
        "(table $t 1 2 funcref) (table $u 0 funcref)",
        "(drop (table.grow $t (ref.null func) (i32.const 1048000)))
         (drop (memory.grow (i32.const 65000)))
         (i32.sub (i32.add (table.grow $u (ref.null func) (i32.const 1048000)) (memory.grow (i32.const 16000))) (i32.const 2))",
    ),
];

#[test]
fn growth_that_cannot_be_fails_as_the_specification_says() {
    const HI: &str = r#"(i32.store (i32.const 0) (i32.const 16)) (i32.store (i32.const 4) (i32.const 2))
        (i32.const 0)) (data (i32.const 16) "hi")"#;
    for (items, grow) in GROWTH {
        let core = guest(&format!(
            r#"{items} (func (export "f") (result i32)
                (if (i32.ne {grow} (i32.const -1)) (then unreachable)) {HI}"#
        ));
        for bytes in [component(&core), core] {
            let folder = folder(&bytes);
            let (status, said) = run(&folder, WAYS[0]);
            assert_eq!(
                (status, said.as_str()),
                (Some(0), "{\"value\":\"hi\"}\n"),
                "{grow}"
            );
        }
    }
}

/// What a core module is besides, and what is said of its answer.
const ANSWERS: [(&str, &str); 8] = [
    (
        r#"(func (export "f") (result i32) (i32.const 18))"#,
        "returned the address 0x12, which is no multiple of 4",
    ),
    (
        r#"(func (export "f") (result i32) (i32.const -4))"#,
        "out of bounds memory access",
    ),
    (
        r#"(func (export "f") (result i32) (i32.const 16)) (data (i32.const 16) "\00\00\00\00\ff\ff\ff\ff")"#,
        "returned a string of 4294967295 bytes at 0x0, which is outside of its memory",
    ),
    (
        r#"(func (export "f") (result i32) (i32.const 16)) (data (i32.const 16) "\18\00\00\00\01\00\00\00\ff")"#,
        "invalid utf-8 sequence of 1 bytes from index 0",
    ),
    (
        r#"(func (export "f") (result i32) (i32.const 16)) (func (export "cabi_post_f") (param i32) unreachable)"#,
        "wasm `unreachable` instruction executed",
    ),
    (
        r#"(func $f (export "f") (result i32) (call $f))"#,
        "call stack exhausted",
    ),
    // Growth of what is empty was refused before, and is no cause of what comes after.
    (
        r#"(memory $n 0) (func (export "f") (result i32) (drop (memory.grow $n (i32.const 20000))) (i32.const 18))"#,
        "returned the address 0x12, which is no multiple of 4",
    ),
    (
        r#"(table $n 0 funcref) (func (export "f") (result i32)
            (drop (table.grow $n (ref.null func) (i32.const 2000000))) (i32.const 18))"#,
        "returned the address 0x12, which is no multiple of 4",
    ),
];

#[test]
fn what_a_guest_answers_is_not_trusted() {
    for (text, reason) in ANSWERS {
        let core = guest(text);
        // The engine has words of its own for what components answer.
        for (bytes, reason) in [(core.clone(), reason), (component(&core), "")] {
            let folder = folder(&bytes);
            for way in WAYS {
                let (status, said) = run(&folder, way);
                let expected = if way[0] == "startup" { 3 } else { 1 };
                assert_eq!(status, Some(expected), "{text} {way:?}: {said}");
                assert!(said.contains("`f` trapped: "), "{text} {way:?}: {said}");
                assert!(said.contains(reason), "{text} {way:?}: {said}");
                assert!(
                    !said.contains("which is the limit here"),
                    "{text} {way:?}: {said}"
                );
            }
        }
    }
}

/// What tells of a heap, and what is said of it.
const HEAPS: [(&str, &str); 3] = [
    (
        r#"{"memory": {"heap_bytes": 65537}}"#,
        "`f` tells of a heap of 65537 bytes, but all linear memories have 65536",
    ),
    (
        r#"{"memory": {"heap_bytes": 18446744073709551615}}"#,
        "but all linear memories have 65536",
    ),
    (
        r#"{"memory": {"heap_bytes": 99}, "counters": {"live_bytes": 3, "peak_live_bytes": 2, "allocations": 1, "allocated_bytes": 3}}"#,
        "`f` tells of 3 live bytes, but of 2 at their peak",
    ),
];

#[test]
fn what_a_guest_tells_of_its_heap_is_not_trusted() {
    for (heap, reason) in HEAPS {
        let core = guest(&format!(
            r#"(func (export "f") (result i32) (i32.store (i32.const 16) (i32.const 1024))
                (i32.store (i32.const 20) (i32.const {})) (i32.const 16)) (data (i32.const 1024) {heap:?})"#,
            heap.len()
        ));
        let folder = folder(&core);
        let arguments = ["--traced", "a=in.wasm", "--stats", "f"];
        let (status, said) = run(&folder, &[WAYS[3], &arguments].concat());
        assert_eq!(status, Some(3), "{heap}: {said}");
        assert!(said.contains(reason), "{heap}: {said}");
    }
}

/// A component that waits for as many nanoseconds as a number holds, and then answers.
const WAITING: &str = r#"(component
    (import "wasi:io/poll@0.2.0" (instance $poll
        (export "pollable" (type $p (sub resource)))
        (export "[method]pollable.block" (func (param "self" (borrow $p))))))
    (alias export $poll "pollable" (type $pollable))
    (import "wasi:clocks/monotonic-clock@0.2.0" (instance $clock
        (alias outer 1 $pollable (type $p))
        (export "subscribe-duration" (func (param "when" u64) (result (own $p))))
        (export "subscribe-instant" (func (param "when" u64) (result (own $p))))))
    (core func $after (canon lower (func $clock "subscribe-duration")))
    (core func $at (canon lower (func $clock "subscribe-instant")))
    (core func $block (canon lower (func $poll "[method]pollable.block")))
    (core module $m
        (import "" "after" (func $after (param i64) (result i32)))
        (import "" "at" (func $at (param i64) (result i32)))
        (import "" "block" (func $block (param i32)))
        (memory (export "memory") 1) (data (i32.const 16) "\18\00\00\00\02\00\00\00hi")
        (func (export "f") (result i32)
            (call $block (call $after (i64.const -1))) (call $block (call $at (i64.const -1))) (i32.const 16)))
    (core instance $i (instantiate $m (with "" (instance
        (export "after" (func $after)) (export "at" (func $at)) (export "block" (func $block))))))
    (func (export "f") (result string) (canon lift (core func $i "f") (memory $i "memory"))))"#;

#[test]
fn waiting_takes_no_time() {
    // Two clocks, the first until a moment and the second for a time, and what is there to read.
    let core = r#"(module
        (import "wasi_snapshot_preview1" "poll_oneoff" (func $poll (param i32 i32 i32 i32) (result i32)))
        (memory (export "memory") 1) (data (i32.const 16) "\18\00\00\00\02\00\00\00hi")
        (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (i32.const 64))
        (func $must (param i32) (if (i32.eqz (local.get 0)) (then unreachable)))
        (func (export "f") (result i32)
            (i64.store (i32.const 128) (i64.const 7)) (i32.store (i32.const 144) (i32.const 1))
            (i64.store (i32.const 152) (i64.const -1)) (i32.store16 (i32.const 168) (i32.const 1))
            (i64.store (i32.const 176) (i64.const 8)) (i32.store (i32.const 192) (i32.const 1))
            (i64.store (i32.const 200) (i64.const -1))
            (i64.store (i32.const 224) (i64.const 9)) (i32.store8 (i32.const 232) (i32.const 1))
            (call $must (i32.eq (call $poll (i32.const 128) (i32.const 512) (i32.const 0) (i32.const 1024)) (i32.const 28)))
            (call $must (i32.eq (call $poll (i32.const 128) (i32.const -4) (i32.const 1) (i32.const 1024)) (i32.const 21)))
            (call $must (i32.eq (call $poll (i32.const 128) (i32.const 512) (i32.const -1) (i32.const 1024)) (i32.const 21)))
            (call $must (i32.eqz (call $poll (i32.const 128) (i32.const 512) (i32.const 3) (i32.const 1024))))
            (call $must (i32.eq (i32.load (i32.const 1024)) (i32.const 3)))
            (call $must (i64.eq (i64.load (i32.const 544)) (i64.const 8)))
            (call $must (i32.eqz (i32.load (i32.const 552))))
            (call $must (i64.eq (i64.load (i32.const 576)) (i64.const 9)))
            (call $must (i32.eq (i32.load (i32.const 584)) (i32.const 0x10000)))
            (i32.const 16)))"#;
    let core = with_world(wat::parse_str(core).expect("it assembles"), WORLD);
    let waiting = wat::parse_str(WAITING).expect("it assembles");
    for bytes in [core, waiting] {
        let folder = folder(&bytes);
        for way in WAYS {
            // Longer than anybody waits.
            let output = Command::new("timeout")
                .current_dir(&folder)
                .arg("300")
                .arg(wasm_gauge().get_program())
                .args(way)
                .output()
                .expect("there is a timeout");
            assert!(output.status.success(), "{way:?}: {output:?}");
        }
    }
}

/// What runs for ever, and how it ends.
const LOOPS: [(&str, i32); 3] = [
    (
        r#"(func (export "f") (result i32) (loop $l (br $l)) (unreachable))"#,
        1,
    ),
    (
        r#"(func $s (loop $l (br $l))) (start $s) (func (export "f") (result i32) (i32.const 0))"#,
        3,
    ),
    (
        r#"(func (export "_initialize") (loop $l (br $l))) (func (export "f") (result i32) (i32.const 0))"#,
        3,
    ),
];

#[test]
fn what_never_ends_is_ended() {
    for (text, ends) in LOOPS {
        let core = guest(text);
        let mut all = vec![core.clone()];
        if !text.contains("_initialize") {
            all.push(component(&core));
        }
        for bytes in all {
            let folder = folder(&bytes);
            for way in WAYS {
                let (status, said) = run(&folder, &[way, &["--max-fuel", "1000000"]].concat());
                // What startup times is not bounded: it is tried before.
                let expected = if way[0] == "startup" { 3 } else { ends };
                assert_eq!(status, Some(expected), "{text} {way:?}: {said}");
                assert!(
                    said.contains("used up its 1,000,000 units of fuel"),
                    "{text} {way:?}: {said}"
                );
            }
        }
    }
    let folder = inputs();
    let arguments = ["call", "guest.wasm", "--calls", "calls.jsonl", "--max-fuel"];
    // It does not even start.
    assert_eq!(run(&folder, &[&arguments[..], &["1"]].concat()).0, Some(3));
    assert_eq!(
        run(&folder, &[&arguments[..], &["1000000"]].concat()).0,
        Some(0)
    );
}

/// What one compiler or the pool cannot do: how many of the eight ways to start are left, and why.
const WAYS_LEFT: [(&str, usize, &str); 4] = [
    ("(core module $m) (core instance (instantiate $m))", 8, ""),
    (
        "(core module $m (memory 1) (memory 1)) (core instance (instantiate $m))",
        6,
        "defined memories count of 2 exceeds the per-instance limit of 1",
    ),
    (
        r#"(core module $m (func $f (export "x") (return_call $f))) (core instance (instantiate $m))"#,
        4,
        "tail calls support is not enabled",
    ),
    (
        "(core module $m (table 1 funcref) (table 1 funcref)) (core instance (instantiate $m))",
        6,
        "defined tables count of 2 exceeds the per-instance limit of 1",
    ),
];

#[test]
fn startup_measures_what_can_be_measured() {
    for (text, left, reason) in WAYS_LEFT {
        let bytes = wat::parse_str(format!("(component {text})")).expect("it assembles");
        let folder = folder(&bytes);
        let arguments = [
            "startup",
            "in.wasm",
            "--repetitions",
            "1",
            "--compilations",
            "1",
        ];
        let (status, said) = run(&folder, &arguments);
        assert_eq!(status, Some(0), "{text}: {said}");
        assert!(said.contains(reason), "{text}: {said}");
        let (_, json) = run(&folder, &[&arguments[..], &["--format", "json"]].concat());
        let json: serde_json::Value = serde_json::from_str(&json).expect("it is JSON");
        let count = |list: &str| json[list].as_array().map_or(0, Vec::len);
        assert_eq!(
            (count("scenarios"), count("unmeasured")),
            (left, 8 - left),
            "{text}"
        );
    }
    // Where no way is left, there is nothing to show.
    let bytes = wat::parse_str(
        "(component (core module $m (func $s unreachable) (start $s)) (core instance (instantiate $m)))",
    );
    let folder = folder(&bytes.expect("it assembles"));
    let (status, said) = run(&folder, &["startup", "in.wasm"]);
    assert_eq!(status, Some(3), "{said}");
}

#[test]
fn what_the_engine_lacks_is_told_from_what_is_wrong() {
    let core = |text: &str| format!("(core module $m {text}) (core instance (instantiate $m))");
    for (text, reason) in [
        (core("(type (struct))"), "with gc"),
        (core("(tag)"), "with exception-handling"),
        (
            core("(func (param exnref))"),
            "with exception-handling, reference-types",
        ),
        (core("(func try catch_all end)"), "with legacy-exceptions"),
        (core("(func (param externref))"), "with reference-types"),
        (core("(memory 1 1 shared)"), "with atomics"),
        (
            core(
                "(func (param i64 i64) (result i64 i64) (i64.mul_wide_s (local.get 0) (local.get 1)))",
            ),
            "with wide-arithmetic",
        ),
        (
            r#"(core func (canon task.cancel))"#.to_owned(),
            "with component-model-async",
        ),
    ] {
        let bytes = wat::parse_str(format!("(component {text})")).expect("it assembles");
        let folder = folder(&bytes);
        for way in [WAYS[0], &["startup", "in.wasm"]] {
            let (status, said) = run(&folder, way);
            assert_eq!(status, Some(3), "{text}: {said}");
            let expected = format!(
                "error: in.wasm: is valid, but wasmtime, the engine here, does not run it {reason}\nCaused by: "
            );
            assert!(said.starts_with(&expected), "{text}: {said}");
        }
    }
    for (text, name) in [
        (
            "(module (type $f (func)) (type (cont $f)))",
            "stack-switching",
        ),
        (
            "(module (memory 1) (func (memory.discard (i32.const 0) (i32.const 0))))",
            "memory-control",
        ),
        (
            "(module (type (shared (func))))",
            "shared-everything-threads",
        ),
        ("(component (type (map string u32)))", "component-model-map"),
    ] {
        let folder = folder(&wat::parse_str(text).expect("it assembles"));
        let (status, said) = run(&folder, &["sections", "in.wasm"]);
        assert_eq!(status, Some(3), "{text}: {said}");
        assert_eq!(
            said,
            format!("error: in.wasm: it needs what is not read here: {name}\n"),
            "{text}"
        );
    }
}
