//! `opt` with wasm-opt itself, and with programs that stand in for it.

use std::fs;
use std::process::Output;

use tempfile::TempDir;
use wasm_gauge::binary::{Binary, Section};
use wasm_gauge::engine::{Grants, compile};
use wasm_gauge::optimize::LEAST_WASM_OPT;

use crate::support::{
    self, component, inputs, module_with_world, script, section, stand_in, wasm_gauge,
};

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
        (
            "echo x > \"$output\"",
            "what it made of the core module at offset ",
        ),
        // Smaller and valid, but without what the component needs of it.
        (
            "printf '\\0asm\\1\\0\\0\\0' > \"$output\"",
            "what it made of the core module at offset ",
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

/// A core module in text before, what wasm-opt is said to make of it, and what is said of that.
const INTERFACES: [(&str, &str, &str); 12] = [
    (
        r#"(table $f 3 3 funcref) (table $x 128 externref) (export "x" (table $x)) (export "t" (table $f))"#,
        r#"(table $f 3 3 funcref) (table $x 128 externref) (export "x" (table $f)) (export "t" (table $f))"#,
        "exports `x` with another type than before",
    ),
    (
        r#"(func (export "f") (param i32))"#,
        r#"(func (export "f") (param i64))"#,
        "exports `f` with another type than before",
    ),
    (
        r#"(func (export "f")) (memory (export "g") 1)"#,
        r#"(func (export "f"))"#,
        "does not export `g` any more",
    ),
    (
        r#"(func (export "f") nop nop nop nop nop nop)"#,
        r#"(func (export "f")) (global (export "g") i32 (i32.const 0))"#,
        "exports more than before",
    ),
    (
        r#"(memory (export "m") 1 9)"#,
        r#"(memory (export "m") 1)"#,
        "exports `m` with another type than before",
    ),
    (
        r#"(global (export "g") (mut i32) (i32.const 0))"#,
        r#"(global (export "g") i32 (i32.const 0))"#,
        "exports `g` with another type than before",
    ),
    (
        r#"(tag (export "t") (param i32))"#,
        r#"(tag (export "t"))"#,
        "exports `t` with another type than before",
    ),
    (
        r#"(type $s (struct (field i32))) (func (export "f") (param (ref $s)))"#,
        r#"(type $s (struct (field i64))) (func (export "f") (param (ref $s)))"#,
        "exports `f` with another type than before",
    ),
    (
        r#"(import "a" "b" (func (param i32)))"#,
        r#"(import "a" "b" (func))"#,
        "imports `a` `b` with another type than before",
    ),
    (
        r#"(import "a" "b" (func))"#,
        r#"(import "a" "c" (func))"#,
        "imports `a` `c`, which was not imported",
    ),
    // What nothing uses may go, and types may have other indices.
    (
        r#"(import "a" "b" (func)) (type $s (struct)) (func (export "f") (param (ref $s)) nop nop)"#,
        r#"(type $s (struct)) (func (export "f") (param (ref $s)))"#,
        "",
    ),
    // Smaller, with the same interface, and no engine that runs the one has to run the other.
    (
        r#"(func (export "f") (result i32) i32.const 1 i32.const 2 drop)"#,
        r#"(func (export "f") (result i32) i32.const 1 i32.extend8_s)"#,
        "is not valid with the features that the module has: ",
    ),
];

#[test]
fn another_interface_or_other_features_are_refused() {
    for (before, after, reason) in INTERFACES {
        let folder = inputs();
        for (name, text) in [("in.wasm", before), ("made.wasm", after)] {
            let bytes = wat::parse_str(format!("(module {text})")).expect("it assembles");
            fs::write(folder.path().join(name), bytes).expect("the folder is ours");
        }
        stand_in(folder.path(), "cp made.wasm \"$output\"");
        let output = opt(
            &folder,
            &["--wasm-opt", "./stand-in", "-o", "out.wasm", "in.wasm"],
        );
        let said = String::from_utf8_lossy(&output.stderr);
        let refused = !reason.is_empty();
        assert_eq!(
            output.status.code(),
            Some(if refused { 4 } else { 0 }),
            "{before}: {said}"
        );
        assert!(said.contains(reason), "{before}: {said}");
        assert_eq!(
            folder.path().join("out.wasm").exists(),
            !refused,
            "{before}"
        );
    }
}

/// A section's name, its contents, and whether it stands before all others.
const MALFORMED: [(&str, &[u8], bool); 10] = [
    ("name", b"\x02", false),
    ("name", b"\x01\xff\xff\xff\xff\x0f", false),
    ("name", b"\x01\x05\x01\x00\x02\xff\xfe", false),
    ("name", b"\x02\x00zero", false),
    ("target_features", b"\x05", false),
    ("target_features", b"\x05+", false),
    ("target_features", b"\x01?\x01a", false),
    ("metadata.code.branch_hint", b"\x09", true),
    ("dylink", b"\x09", true),
    ("dylink.0", b"\x01\x01", true),
];

#[test]
fn malformed_custom_sections_make_no_module_invalid() {
    let folder = inputs();
    let module = wat::parse_str(
        r#"(module (func (export "f") (param i32) (result i32) nop nop nop nop (i32.extend8_s (local.get 0))))"#,
    )
    .expect("it assembles");
    for (name, contents, first) in MALFORMED {
        let name_length = u8::try_from(name.len()).expect("it is short");
        let custom = section(0, &[&[name_length], name.as_bytes(), contents].concat(), 0);
        let (header, rest) = module.split_at(8);
        let bytes = if first {
            [header, &custom, rest].concat()
        } else {
            [header, rest, &custom].concat()
        };
        fs::write(folder.path().join("in.wasm"), bytes).expect("the folder is ours");
        for arguments in [
            &["opt", "-o", "out.wasm", "in.wasm"][..],
            &["opt", "-o", "out.wasm", "in.wasm", "--", "-O2", "-g"],
            &["target-features", "in.wasm"],
            &["sections", "in.wasm"],
            &["imports", "in.wasm"],
            &["exports", "in.wasm"],
            &["memory", "in.wasm"],
            &["measure", "in.wasm"],
            &["profile", "in.wasm"],
            &["diff", "in.wasm", "in.wasm"],
            &["gate", "--max-size", "1 MiB", "in.wasm"],
        ] {
            let output = wasm_gauge()
                .current_dir(&folder)
                .args(arguments)
                .output()
                .expect("the tool starts");
            assert!(output.status.success(), "{name} {arguments:?}: {output:?}");
            let said = String::from_utf8_lossy(&output.stdout);
            assert_eq!(
                arguments[0] == "opt",
                said.contains(&format!("`{name}` was left out")),
                "{name} {arguments:?}: {said}"
            );
        }
    }
}

#[test]
fn object_files_are_left_to_linkers() {
    let folder = inputs();
    stand_in(folder.path(), "cp \"$input\" \"$output\"");
    for name in ["linking", "reloc.CODE", "reloc..debug_info"] {
        for text in ["(module $)", "(component (core module $))"] {
            let text = text.replace('$', &format!(r#"(func) (@custom "{name}" "\02")"#));
            let bytes = wat::parse_str(text).expect("it assembles");
            fs::write(folder.path().join("in.wasm"), bytes).expect("the folder is ours");
            let output = opt(
                &folder,
                &["--wasm-opt", "./stand-in", "-o", "out.wasm", "in.wasm"],
            );
            let said = String::from_utf8_lossy(&output.stderr);
            assert_eq!(output.status.code(), Some(3), "{said}");
            assert!(said.contains(&format!("`{name}`")), "{said}");
            assert!(!folder.path().join("out.wasm").exists());
        }
    }
}

#[test]
fn what_wasm_opt_says_is_shown_though_it_succeeds() {
    let folder = inputs();
    stand_in(
        folder.path(),
        "cp \"$input\" \"$output\"; echo 'so be it'; echo 'warning: beware' >&2",
    );
    let output = opt(
        &folder,
        &["--wasm-opt", "./stand-in", "-o", "out.wasm", "guest.wasm"],
    );
    let said = String::from_utf8_lossy(&output.stdout);
    for line in ["wasm-opt says: so be it", "wasm-opt says: warning: beware"] {
        assert!(said.contains(line), "{said}");
    }
}

#[test]
fn sections_about_addresses_that_changed_are_named() {
    let folder = inputs();
    let text = r#"(module (func (export "f")) (func $unused nop nop nop)
        (@custom "sourceMappingURL" "\05a.map") (@custom "external_debug_info" "\05a.dbg"))"#;
    let bytes = wat::parse_str(text).expect("it assembles");
    fs::write(folder.path().join("in.wasm"), bytes).expect("the folder is ours");
    for (options, named) in [
        (
            &["-Oz", "-g"][..],
            &["sourceMappingURL", "external_debug_info"][..],
        ),
        (&["-Oz", "--strip-debug"], &["external_debug_info"]),
    ] {
        let arguments = [&["-o", "out.wasm", "in.wasm", "--"], options].concat();
        let output = opt(&folder, &arguments);
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "{output:?}");
        for name in ["sourceMappingURL", "external_debug_info"] {
            let is_named = said.contains(&format!("`{name}` is kept as it was"));
            assert_eq!(is_named, named.contains(&name), "{options:?}: {said}");
        }
    }
}

#[test]
fn versions_of_wasm_opt_are_told_apart() {
    let folder = inputs();
    let overlong = "(memory 1) (func (memory.fill (i32.const 0) (i32.const 0) (i32.const 0)))";
    for (version, text, options, reason) in [
        (
            "108",
            "",
            &[][..],
            "version 108 is too old: 120 or later is needed",
        ),
        (
            "nightly",
            "",
            &[],
            "version nightly is too old: 120 or later is needed",
        ),
        ("120", "", &["--mvp-features"], ""),
        ("120 (version_120-5-g1234)", "", &["--mvp-features"], ""),
        (
            "120",
            overlong,
            &[
                "--mvp-features",
                "--enable-reference-types",
                "--enable-bulk-memory",
            ],
            "",
        ),
        (
            "121",
            overlong,
            &["--mvp-features", "--enable-bulk-memory-opt"],
            "",
        ),
        (
            "129",
            "(func (param i64 i64) (result i64 i64) (i64.mul_wide_s (local.get 0) (local.get 1)))",
            &[],
            "version 129 does not know wide-arithmetic, which version 130 is the first to know",
        ),
    ] {
        let bytes = wat::parse_str(format!("(module {text})")).expect("it assembles");
        fs::write(folder.path().join("in.wasm"), bytes).expect("the folder is ours");
        script(
            folder.path(),
            "stand-in",
            &format!(
                "[ \"$1\" = --version ] && echo 'wasm-opt version {version}' && exit\n\
                 echo \"$@\" > given\nwhile [ $# -gt 3 ]; do shift; done\ncp \"$1\" \"$3\""
            ),
        );
        let output = opt(
            &folder,
            &["--wasm-opt", "./stand-in", "-o", "out.wasm", "in.wasm"],
        );
        let said = String::from_utf8_lossy(&output.stderr);
        if reason.is_empty() {
            assert!(output.status.success(), "{version}: {said}");
            let given = fs::read_to_string(folder.path().join("given")).expect("it ran");
            let given: Vec<&str> = given
                .split(" -Oz ")
                .next()
                .unwrap_or_default()
                .split(' ')
                .collect();
            assert_eq!(given, options, "{version} {text}");
        } else {
            assert_eq!(output.status.code(), Some(4), "{version}: {said}");
            assert!(said.contains(reason), "{version}: {said}");
        }
    }
    let output = opt(&folder, &["--help"]);
    let help = String::from_utf8_lossy(&output.stdout);
    assert!(
        help.contains(&format!("version {LEAST_WASM_OPT} or later")),
        "{help}"
    );
}

#[test]
fn without_a_place_for_temporary_files_no_program_is_blamed() {
    let folder = inputs();
    stand_in(folder.path(), "cp \"$input\" \"$output\"");
    let output = wasm_gauge()
        .current_dir(&folder)
        .env("TMPDIR", "missing")
        .args([
            "opt",
            "--wasm-opt",
            "./stand-in",
            "-o",
            "out.wasm",
            "guest.wasm",
        ])
        .output()
        .expect("the tool starts");
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(
        said.contains("TMPDIR") && !said.contains("install"),
        "{said}"
    );
}
