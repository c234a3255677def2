//! `opt` with wasm-opt itself, and with programs that stand in for it.

use std::fs;
use std::process::Output;

use tempfile::TempDir;
use wasm_gauge::binary::{Binary, Section};
use wasm_gauge::engine::{Grants, compile};

use crate::support::{self, component, inputs, module_with_world, stand_in, wasm_gauge};

fn opt(folder: &TempDir, args: &[&str]) -> Output {
    wasm_gauge()
        .current_dir(folder)
        .arg("opt")
        .args(args)
        .output()
        .expect("the tool starts")
}

/// Components and core modules of all sorts.
fn binaries() -> Vec<Vec<u8>> {
    let guest = component(&module_with_world("guest.wat", "guest.wit"));
    let texts = [
        "(module)",
        "(component)",
        r#"(component (core module (memory 1)) (@custom "between" "x") (core module) (core module))"#,
        "(component (component (component (core module (func))) (core module)) (core module))",
        "(component (core module (memory 1) (memory i64 1) (memory 1 1 shared) (tag) (type (struct))
            (func (param exnref))))",
        "(module (func try catch_all end))",
    ];
    let texts = texts.map(|text| wat::parse_str(text).expect("it assembles"));
    [
        vec![guest, support::module("features.wat"), support::sized(100)],
        texts.to_vec(),
        // A core module in a component, its section's length longer than needed.
        vec![b"\0asm\x0d\0\x01\0\x01\x88\x80\0\0asm\x01\0\0\0".to_vec()],
    ]
    .concat()
}

#[test]
fn without_a_gain_every_binary_stays_as_it_is() {
    let folder = inputs();
    stand_in(folder.path(), "cp \"$input\" \"$output\"");
    for bytes in binaries() {
        fs::write(folder.path().join("in.wasm"), &bytes).expect("the folder is ours");
        let arguments = ["--wasm-opt", "./stand-in", "-o", "out.wasm", "in.wasm"];
        let output = opt(&folder, &arguments);
        assert!(output.status.success(), "{output:?}");
        let out = fs::read(folder.path().join("out.wasm")).expect("it was written");
        assert!(out == bytes, "{}", String::from_utf8_lossy(&output.stdout));
    }
}

#[test]
fn binaries_go_through_standard_streams() {
    let folder = inputs();
    stand_in(folder.path(), "cp \"$input\" \"$output\"");
    let guest = fs::File::open(folder.path().join("guest.wasm")).expect("it is there");
    let output = wasm_gauge()
        .current_dir(&folder)
        .args(["opt", "--wasm-opt", "./stand-in", "-o", "-", "-"])
        .stdin(guest)
        .output()
        .expect("the tool starts");
    let guest = fs::read(folder.path().join("guest.wasm")).expect("it is there");
    assert!(output.status.success() && output.stdout == guest);
    let sizes = String::from_utf8(output.stderr).expect("the tool writes UTF-8");
    assert!(sizes.contains("kept: wasm-opt made "), "{sizes}");
}

#[test]
fn nothing_is_written_when_wasm_opt_fails() {
    let folder = inputs();
    let entries = || fs::read_dir(&folder).expect("the folder is ours").count();
    for (script, reason) in [
        (
            "echo broken >&2; exit 3",
            "failed on the core module at offset ",
        ),
        ("", "made no module of the core module at offset "),
        ("echo x > \"$output\"", "what it made is not valid: "),
        // Smaller and valid, but without what the component needs of it.
        (
            "printf '\\0asm\\1\\0\\0\\0' > \"$output\"",
            "what it made is not valid: ",
        ),
    ] {
        stand_in(folder.path(), script);
        let before = entries();
        let output = opt(
            &folder,
            &["--wasm-opt", "./stand-in", "-o", "out.wasm", "guest.wasm"],
        );
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(4), "{said}");
        assert!(
            said.starts_with(&format!("error: wasm-opt: {reason}")),
            "{said}"
        );
        assert_eq!(entries(), before);
    }
    let output = opt(
        &folder,
        &["--wasm-opt", "./missing", "-o", "out.wasm", "guest.wasm"],
    );
    assert_eq!(output.status.code(), Some(4), "{output:?}");
    let output = opt(
        &folder,
        &["--wasm-opt", "true", "-o", "out.wasm", "guest.wasm"],
    );
    assert_eq!(output.status.code(), Some(4), "{output:?}");
}

#[test]
fn wasm_opt_makes_components_smaller_that_answer_the_same() {
    let folder = inputs();
    for name in ["guest.wasm", "guest.core.wasm"] {
        let output = opt(&folder, &["-o", "out.wasm", name]);
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(
            output.status.success(),
            "these tests need wasm-opt on PATH: {said}"
        );
        let read = |name: &str| fs::read(folder.path().join(name)).expect("it is there");
        let (before, after) = (read(name), read("out.wasm"));
        assert!(after.len() < before.len(), "{} bytes", after.len());
        let [before, after] = [&before, &after].map(|bytes| {
            let binary = Binary::parse(bytes).expect("it is valid");
            let worlds = binary
                .core_modules()
                .flat_map(|module| &module.sections)
                .filter(|section| {
                    section.id == Section::CUSTOM && section.name.starts_with("component-type")
                })
                .map(|section| bytes[section.contents.clone()].to_vec())
                .collect::<Vec<_>>();
            let mut guest = compile(&binary)
                .and_then(|program| program.instantiate(&Grants::default()))
                .expect("it needs nothing");
            let reply = guest
                .call("echo", &["word".to_owned()])
                .expect("it returns");
            (worlds, reply)
        });
        assert_eq!(before, after);
    }
}

/// Every feature that wasm-opt knows is enabled for what needs it.
#[test]
fn wasm_opt_takes_modules_without_a_target_features_section() {
    let folder = inputs();
    for text in [
        "(func (drop (i32.trunc_sat_f64_s (f64.const 0))) (drop (i32.extend8_s (i32.const 0))))",
        r#"(import "a" "b" (global (mut i32)))"#,
        "(memory 1) (func (memory.fill (i32.const 0) (i32.const 0) (i32.const 0)))",
        r#"(memory 1) (data "x") (func (data.drop 0))"#,
        "(func (result i32 i32) unreachable)",
        "(func (param externref))",
        "(func (param v128) (drop (i32x4.relaxed_trunc_f32x4_s (local.get 0))))",
        "(memory 1 1 shared) (func (i32.atomic.store (i32.const 0) (i32.const 0)))",
        "(memory i64 1) (memory 1)",
        "(func return_call 0)",
        "(tag $t) (func (throw $t))",
        "(func try catch_all end)",
        "(type $s (struct (field i32))) (func (result (ref $s)) (struct.new $s (i32.const 1)))",
        "(func (param i64 i64 i64 i64) (result i64 i64) local.get 0 local.get 1 local.get 2 local.get 3 i64.add128)",
    ] {
        // Exported, so that nothing is optimised away.
        let text = text.replacen("(func", "(func (export \"f\")", 1);
        let bytes = wat::parse_str(format!("(module {text})")).expect("it assembles");
        fs::write(folder.path().join("in.wasm"), &bytes).expect("the folder is ours");
        let output = opt(&folder, &["-o", "out.wasm", "in.wasm"]);
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "wasm-opt on {text}: {said}");
    }
}
