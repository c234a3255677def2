//! `opt` with wasm-opt itself, and with programs that stand in for it.

use std::fs;
use std::process::Output;

use serde_json::Value;
use tempfile::TempDir;
use wasm_gauge::binary::{Binary, Section};
use wasm_gauge::engine::{Grants, compile};
use wasm_gauge::measure::{Gzip, Sizes};
use wasm_gauge::optimize::LEAST_WASM_OPT;
use wit_component::{DecodedWasm, decode, targets};

use crate::support::{
    self, component, component_with, inputs, module_with_world, proposals, script, section,
    stand_in, wasm_gauge, with_world,
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
        let output = opt(&folder, &[&arguments[..], &["--", "-Oz"]].concat());
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
        .args([
            "opt",
            "--wasm-opt",
            "./stand-in",
            "-o",
            "-",
            "-",
            "--",
            "-Oz",
        ])
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
            let reply = guest.call("echo", &["word".into()]).expect("it returns");
            (worlds, reply)
        });
        assert_eq!(before, after);
    }
}

/// A core module in text before, what wasm-opt is said to make of it, and what is said of that.
const INTERFACES: [(&str, &str, &str); 12] = [
    (
        // As wasm-opt 108 does it.
        r#"(type $v (func)) (table $f 3 3 funcref) (table $x 128 externref)
            (export "__wbindgen_externrefs" (table $x)) (export "t" (table $f))
            (elem (table $f) (i32.const 1) func $a) (func $a (nop) (nop))
            (func (export "go") (param i32) (nop) (nop) (nop) (call_indirect $f (type $v) (local.get 0)))"#,
        r#"(type $v (func)) (table $f 3 3 funcref) (table $x 128 externref)
            (export "__wbindgen_externrefs" (table $f)) (export "t" (table $f))
            (elem (table $f) (i32.const 1) func $a) (func $a)
            (func (export "go") (param i32) (call_indirect $f (type $v) (local.get 0)))"#,
        "exports `__wbindgen_externrefs` with another type than before",
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
            "version nightly is no number: 120 or later is needed",
        ),
        (
            "99999999999",
            "",
            &[],
            "version 99999999999 is no number: 120 or later is needed",
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
                .split(" --merge-similar-functions ")
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

/// Runs `opt` with the stand-in and these arguments, and reads the JSON that it prints.
fn opt_json(folder: &TempDir, args: &[&str]) -> Value {
    let fixed = ["--format", "json", "-o", "out.wasm"];
    let output = opt(folder, &[&fixed, args].concat());
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{args:?}: {said}");
    serde_json::from_slice(&output.stdout).expect("it is JSON")
}

/// A module that exports a function of `nops` instructions, with a custom section of text that compresses well or
/// badly.
fn module_of(nops: usize, text: &str) -> Vec<u8> {
    let body = "nop ".repeat(nops);
    wat::parse_str(format!(
        r#"(module (func (export "f") {body}) (@custom "text" {text:?}))"#
    ))
    .expect("it assembles")
}

/// What compresses badly, `length` characters of it.
fn noise(length: u64) -> String {
    let character = |n: u64| {
        let mixed = (n + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        char::from(b'0' + ((mixed >> 40) % 75) as u8)
    };
    (0..length).map(character).collect()
}

#[test]
fn the_best_of_all_that_was_tried_is_kept() {
    let folder = inputs();
    let write = |name: &str, bytes: Vec<u8>| {
        fs::write(folder.path().join(name), bytes).expect("the folder is ours");
    };
    write("in.wasm", module_of(10, &noise(200)));
    // Larger than the input, and smaller through gzip and brotli.
    write("even.wasm", module_of(10, &"a".repeat(300)));
    // Smaller than the input by its code alone.
    write("small.wasm", module_of(1, &noise(200)));
    write(
        "without.wasm",
        wat::parse_str("(module)").expect("it assembles"),
    );
    for (text, goal, taken, dropped) in [
        // Each list has its own result, named by what is in it.
        (
            "case \"$options\" in *-O1*) cp even.wasm \"$output\";; *) cp small.wasm \"$output\";; esac",
            "raw",
            Some("small.wasm"),
            "",
        ),
        (
            "case \"$options\" in *-O1*) cp even.wasm \"$output\";; *) cp small.wasm \"$output\";; esac",
            "gzip",
            Some("even.wasm"),
            "",
        ),
        (
            "case \"$options\" in *-O1*) cp even.wasm \"$output\";; *) cp small.wasm \"$output\";; esac",
            "brotli",
            Some("even.wasm"),
            "",
        ),
        ("cp even.wasm \"$output\"", "raw", None, ""),
        // What breaks or fails is dropped, and the rest is taken.
        (
            "case \"$options\" in *-O1*) cp small.wasm \"$output\";; *-Os*) exit 7;; *) cp without.wasm \"$output\";; esac",
            "raw",
            Some("small.wasm"),
            "does not export `f` any more",
        ),
        (
            "case \"$options\" in *-O1*) echo x > \"$output\";; *) cp small.wasm \"$output\";; esac",
            "brotli",
            Some("small.wasm"),
            "is not valid with the features that the module has",
        ),
    ] {
        stand_in(folder.path(), text);
        let args = ["--wasm-opt", "./stand-in", "--effort", "2", "--for", goal];
        let report = opt_json(&folder, &[&args[..], &["in.wasm"]].concat());
        let read = |name: &str| fs::read(folder.path().join(name)).expect("it is there");
        assert!(
            read("out.wasm") == read(taken.unwrap_or("in.wasm")),
            "{text} {goal}: {report}"
        );
        let module = &report["modules"][0];
        assert_eq!(module["options"].is_null(), taken.is_none(), "{report}");
        let tried = module["tried"].as_array().expect("it is a list");
        assert_eq!(tried.len(), 6, "{report}");
        let said: Vec<_> = tried
            .iter()
            .filter_map(|tried| tried["dropped"].as_str())
            .collect();
        assert_eq!(said.is_empty(), dropped.is_empty(), "{said:?}");
        assert!(
            dropped.is_empty() || said.iter().any(|said| said.contains(dropped)),
            "{said:?}"
        );
    }
}

/// Two modules that share text compress better together than with what makes each of them smaller.
#[test]
fn the_whole_file_is_never_larger() {
    let folder = inputs();
    let shared = noise(400);
    let module = |more: &str| module_of(1, &format!("{shared}{more}"));
    let before = component_with(&[module("first"), module("second")]);
    fs::write(folder.path().join("in.wasm"), &before).expect("the folder is ours");
    // One byte less through brotli, and nothing that the other module has.
    let other: String = noise(396).chars().rev().collect();
    let other = module_of(1, &other);
    fs::write(folder.path().join("other.wasm"), &other).expect("the folder is ours");
    stand_in(
        folder.path(),
        "case $(tail -c 6 \"$input\") in second) cp other.wasm \"$output\";; *) cp \"$input\" \"$output\";; esac",
    );
    let args = ["--wasm-opt", "./stand-in", "--for", "brotli", "in.wasm"];
    let report = opt_json(&folder, &args);
    let second = &report["modules"][1];
    let least = second["tried"][0]["made"]["shipped"].as_u64();
    assert!(least < second["before"]["shipped"].as_u64(), "{report}");
    assert!(second["options"].is_null(), "{report}");
    assert!(
        fs::read(folder.path().join("out.wasm")).expect("it was written") == before,
        "{report}"
    );
    let notes = second["notes"].to_string();
    assert!(notes.contains("the whole file would be larger"), "{notes}");
}

#[test]
fn what_cannot_be_flattened_is_not() {
    let folder = inputs();
    let text = r#"(module (tag $t) (func (export "f") (block $b (try_table (catch $t $b) (throw $t)) nop)) (func nop nop))"#;
    let bytes = wat::parse_str(text).expect("it assembles");
    fs::write(folder.path().join("in.wasm"), bytes).expect("the folder is ours");
    let report = opt_json(&folder, &["in.wasm"]);
    let module = &report["modules"][0];
    let tried = module["tried"].as_array().expect("it is a list");
    let has_flatten = |options: &Value| options.to_string().contains("--flatten");
    assert_eq!(tried.len(), 2, "{report}");
    assert!(has_flatten(&tried[0]["options"]) && tried[0]["made"].is_null());
    assert!(!has_flatten(&tried[1]["options"]) && !tried[1]["made"].is_null());
    assert!(module["options"] == tried[1]["options"], "{report}");
}

/// A module and what its layout says of the first 1,024 bytes.
const LAYOUTS: [(&str, &str); 13] = [
    (
        r#"(memory 2) (global $__stack_pointer (mut i32) (i32.const 66560)) (data (i32.const 1024) "x")"#,
        "nothing",
    ),
    (
        r#"(memory 2) (global $__stack_pointer (mut i32) (i32.const 65536)) (data (i32.const 65536) "x")"#,
        "end-of-stack",
    ),
    // LLVM's prologue tells too.
    (
        r#"(memory 2) (global (mut i32) (i32.const 65536)) (data (i32.const 65536) "x") (func (export "f") (local i32)
            (global.set 0 (local.tee 0 (i32.sub (global.get 0) (i32.const 16)))))"#,
        "end-of-stack",
    ),
    (
        r#"(memory 2) (global $__stack_pointer (mut i32) (i32.const 4096)) (data (i32.const 4096) "x")"#,
        "unknown",
    ),
    (
        r#"(memory 2) (global $__stack_pointer (mut i32) (i32.const 66560)) (data (i32.const 1023) "x")"#,
        "unknown",
    ),
    (
        r#"(memory 2) (global $__stack_pointer (mut i32) (i32.const 66560)) (data (i32.const 1024) "x") (data "y")"#,
        "unknown",
    ),
    (
        r#"(import "a" "m" (memory 2)) (global $__stack_pointer (mut i32) (i32.const 66560)) (data (i32.const 1024) "x")"#,
        "unknown",
    ),
    (
        r#"(memory i64 2) (global $__stack_pointer (mut i64) (i64.const 66560)) (data (i64.const 1024) "x")"#,
        "unknown",
    ),
    (r#"(memory 2) (data (i32.const 1024) "x")"#, "unknown"),
    // What threads share: imported, with a stack of the module's own at its beginning.
    (
        r#"(import "a" "m" (memory 2 2 shared)) (global $__stack_pointer (mut i32) (i32.const 65536)) (data "x") (data "y")
            (func (memory.init 0 (i32.const 65536) (i32.const 0) (i32.const 1)))
            (func (param i32) (memory.init 1 (local.get 0) (i32.const 0) (i32.const 1)))"#,
        "end-of-stack",
    ),
    (
        r#"(import "a" "m" (memory 2 2 shared)) (global $__stack_pointer (mut i32) (i32.const 65536)) (data "x")
            (func (memory.init 0 (i32.const 512) (i32.const 0) (i32.const 1)))"#,
        "unknown",
    ),
    // Where the segment goes is not known.
    (
        r#"(memory 2) (global $__stack_pointer (mut i32) (i32.const 65536)) (data "x")
            (func (param i32) (memory.init 0 (local.get 0) (i32.const 0) (i32.const 1)))"#,
        "unknown",
    ),
    (
        r#"(memory 2) (global $__stack_pointer (mut i32) (i32.const 66560)) (data (i32.const 1024) "x") (data (i32.const 2048) "y")"#,
        "nothing",
    ),
];

#[test]
fn low_memory_is_unused_where_the_layout_says_so() {
    let folder = inputs();
    stand_in(folder.path(), "cp \"$input\" \"$output\"");
    for (text, expected) in LAYOUTS {
        let bytes = wat::parse_str(format!("(module {text})")).expect("it assembles");
        fs::write(folder.path().join("in.wasm"), bytes).expect("the folder is ours");
        let report = opt_json(&folder, &["--wasm-opt", "./stand-in", "in.wasm"]);
        let module = &report["modules"][0];
        assert_eq!(module["low_memory"], expected, "{text}");
        let options = module["tried"][0]["options"].to_string();
        assert_eq!(
            options.contains("--low-memory-unused"),
            expected != "unknown",
            "{text}"
        );
    }
}

#[test]
fn recipes_make_the_same_bytes_again() {
    let folder = inputs();
    let read = |name: &str| fs::read(folder.path().join(name)).expect("it is there");
    for (file, args) in [
        ("guest.wasm", &["--effort", "2"][..]),
        ("guest.core.wasm", &["--for", "brotli", "--effort", "3"]),
        ("features.wasm", &["--for", "gzip"]),
        // Nothing in it gets smaller.
        ("header-only.wasm", &["--effort", "2"]),
        ("no-module.wasm", &[]),
    ] {
        opt_json(
            &folder,
            &[args, &["--recipe", "recipe.json", file]].concat(),
        );
        let first = read("out.wasm");
        fs::remove_file(folder.path().join("out.wasm")).expect("it is there");
        let report = opt_json(&folder, &["--replay", "recipe.json", file]);
        assert!(read("out.wasm") == first, "{file}");
        for module in report["modules"].as_array().expect("it is a list") {
            let tried = module["tried"].as_array().expect("it is a list");
            assert!(tried.len() <= 1, "{file}: {report}");
        }
    }
}

#[test]
fn recipes_for_something_else_are_refused() {
    let folder = inputs();
    let layout = |data: u32| {
        let text = format!(
            r#"(module (memory 2) (global $__stack_pointer (mut i32) (i32.const 66560))
                (data (i32.const {data}) "x") (func (export "f") nop nop))"#
        );
        let bytes = wat::parse_str(text).expect("it assembles");
        fs::write(folder.path().join("layout.wasm"), bytes).expect("the folder is ours");
    };
    layout(1024);
    for (file, recipe) in [("guest.wasm", "guest.json"), ("layout.wasm", "layout.json")] {
        opt_json(&folder, &["--recipe", recipe, file]);
    }
    layout(512);
    stand_in(folder.path(), "cp \"$input\" \"$output\"");
    let copy = |name: &str, from: &str, to: &str| {
        let text = fs::read_to_string(folder.path().join("guest.json")).expect("it was written");
        assert!(text.contains(from), "{text}");
        fs::write(folder.path().join(name), text.replace(from, to)).expect("the folder is ours");
    };
    copy("newer.json", "\"wasm_opt\": \"", "\"wasm_opt\": \"9");
    copy("unknown.json", "\"goal\"", "\"aim\"");
    for (recipe, file, program, status, reason) in [
        (
            "newer.json",
            "guest.wasm",
            "wasm-opt",
            2,
            "the recipe is for wasm-opt 9",
        ),
        (
            "guest.json",
            "guest.core.wasm",
            "wasm-opt",
            2,
            "the recipe is for a component (core modules: 2), and guest.core.wasm is a core module (core modules: 1)",
        ),
        (
            "layout.json",
            "layout.wasm",
            "wasm-opt",
            2,
            "the recipe has --low-memory-unused for core module 0, whose layout does not show it",
        ),
        (
            "unknown.json",
            "guest.wasm",
            "wasm-opt",
            3,
            "unknown field `aim`",
        ),
        (
            "missing.json",
            "guest.wasm",
            "wasm-opt",
            3,
            "missing.json: ",
        ),
        // The same version, and another program.
        (
            "guest.json",
            "guest.wasm",
            "./stand-in",
            4,
            "what it made is not what the recipe says",
        ),
    ] {
        let args = [
            "--replay",
            recipe,
            "--wasm-opt",
            program,
            "-o",
            "refused.wasm",
            file,
        ];
        let output = opt(&folder, &args);
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(status), "{recipe}: {said}");
        assert!(said.contains(reason), "{recipe}: {said}");
        assert!(!folder.path().join("refused.wasm").exists());
    }
}

#[test]
fn what_is_in_the_cache_is_not_made_again() {
    let folder = inputs();
    stand_in(
        folder.path(),
        "echo run >> runs; echo 'so be it'; exec wasm-opt $options",
    );
    let args = [
        "--wasm-opt",
        "./stand-in",
        "--effort",
        "2",
        "--cache",
        "cache",
        "guest.wasm",
    ];
    let runs = || {
        let text = fs::read_to_string(folder.path().join("runs")).unwrap_or_default();
        text.lines().count()
    };
    let read = || fs::read(folder.path().join("out.wasm")).expect("it was written");
    let first = (opt_json(&folder, &args), read());
    let entries = || -> Vec<_> {
        let entries = fs::read_dir(folder.path().join("cache")).expect("it was made");
        entries
            .map(|entry| entry.expect("it can be read").path())
            .collect()
    };
    let modules = first.0["modules"].as_array().expect("it is a list").len();
    assert_eq!((runs(), entries().len()), (6 * modules, 6 * modules));
    assert_eq!((opt_json(&folder, &args), read()), first);
    assert_eq!(runs(), 6 * modules);
    // What is not whole, and what was changed, is made again.
    for (round, change) in [
        |bytes: &mut Vec<u8>| bytes.truncate(70),
        |bytes: &mut Vec<u8>| bytes.clear(),
        |bytes: &mut Vec<u8>| *bytes.last_mut().expect("it is whole") ^= 1,
        |bytes: &mut Vec<u8>| bytes[0] ^= 1,
        |bytes: &mut Vec<u8>| bytes.push(0),
    ]
    .into_iter()
    .enumerate()
    {
        let entry = &entries()[round];
        let mut bytes = fs::read(entry).expect("it is a file");
        change(&mut bytes);
        fs::write(entry, &bytes).expect("the folder is ours");
        assert_eq!((opt_json(&folder, &args), read()), first);
        assert_eq!(runs(), 6 * modules + round + 1);
    }
    // Another version has nothing in it, and neither has what is no folder.
    let output = opt(
        &folder,
        &["--cache", "guest.wasm", "-o", "out.wasm", "guest.wasm"],
    );
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains("cache guest.wasm"), "{said}");
}

#[test]
fn through_brotli_no_module_gets_larger() {
    let folder = inputs();
    let gzip = Gzip::find().expect("these tests need GNU gzip on PATH");
    let size = |name: &str| {
        let bytes = fs::read(folder.path().join(name)).expect("it is there");
        let binary = Binary::parse(&bytes).expect("it is valid");
        let sizes = Sizes::measure(name, &binary, &gzip).expect("gzip runs");
        (sizes.brotli_bytes, sizes.raw_bytes)
    };
    let texts = proposals::READ.iter().flat_map(|proposal| proposal.texts);
    let mut smaller = 0;
    for text in texts {
        let whole = match text.starts_with('(')
            && (text.starts_with("(component") || text.starts_with("(module"))
        {
            true => (*text).to_owned(),
            false => format!("(module {text})"),
        };
        let bytes = wat::parse_str(whole).expect("it assembles");
        fs::write(folder.path().join("in.wasm"), bytes).expect("the folder is ours");
        let args = [
            "--for", "brotli", "--effort", "2", "-o", "out.wasm", "in.wasm",
        ];
        let output = opt(&folder, &args);
        // A wasm-opt that is older than the proposal says so.
        if output.status.success() {
            let (before, after) = (size("in.wasm"), size("out.wasm"));
            assert!(after <= before, "{text}: {before:?} {after:?}");
            smaller += u32::from(after < before);
        }
    }
    assert!(smaller > 20, "{smaller} got smaller");
}

/// A component that imports `used` and `unused`, calls the latter in code that nothing calls, and hands over
/// strings, so that there is more in it than its first core module.
fn with_dead_code() -> Vec<u8> {
    let text = r#"(module
        (import "$root" "used" (func $used (param i32 i32)))
        (import "$root" "unused" (func $unused (param i32 i32)))
        (import "t:t/both" "left" (func $left (param i32 i32)))
        (import "t:t/both" "right" (func $right (param i32 i32)))
        (memory (export "memory") 1)
        (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (i32.const 64))
        (func $dead (call $unused (i32.const 0) (i32.const 0)) (call $right (i32.const 0) (i32.const 0)))
        (func (export "f") (call $used (i32.const 0) (i32.const 1)) (call $left (i32.const 1) (i32.const 1)))
        (func (export "g") (call $used (i32.const 1) (i32.const 1)))
        (data (i32.const 0) "ab"))"#;
    let world = "package t:t;
        interface both { left: func(text: string); right: func(text: string); }
        world w { import both; import used: func(text: string); import unused: func(text: string);
            export f: func(); export g: func(); }";
    let module = wat::parse_str(text).expect("it assembles");
    component(&with_world(module, world))
}

#[test]
fn components_lose_what_nothing_uses_any_more() {
    let folder = inputs();
    let write = |bytes: &[u8]| {
        fs::write(folder.path().join("in.wasm"), bytes).expect("the folder is ours");
    };
    let read = || fs::read(folder.path().join("out.wasm")).expect("it was written");
    let before = with_dead_code();
    write(&before);
    let report = opt_json(&folder, &["--recipe", "recipe.json", "in.wasm"]);
    let around = &report["around"];
    assert_eq!(
        around["dropped_imports"],
        serde_json::json!(["t:t/both right", "unused"]),
        "{report}"
    );
    let after = read();
    assert!(!after.windows(6).any(|bytes| bytes == b"unused"));
    // Less of an interface is no other interface to who has all of it.
    let Ok(DecodedWasm::Component(resolve, world)) = decode(&before) else {
        panic!("it has a world");
    };
    targets(&resolve, world, &after).expect("it fits where the one before does");
    // With options of one's own, everything else stays.
    let own = ["-o", "own.wasm", "in.wasm", "--", "-Oz"];
    assert!(opt(&folder, &own).status.success());
    let own = fs::read(folder.path().join("own.wasm")).expect("it was written");
    assert!(own.windows(6).any(|bytes| bytes == b"unused"));
    assert!(after.len() < own.len(), "{} {}", after.len(), own.len());

    opt_json(&folder, &["--replay", "recipe.json", "in.wasm"]);
    assert!(read() == after);

    // What is put together in another way, or tells more, stays as it is put together.
    const EXPORT: u8 = 11;
    let mut swapped = before.clone();
    let binary = Binary::parse(&before).expect("it is valid");
    let sections = binary.units()[0].sections.iter();
    for section in sections.filter(|section| section.id == EXPORT) {
        for byte in &mut swapped[section.contents.clone()] {
            *byte = match *byte {
                b'f' => b'g',
                b'g' => b'f',
                other => other,
            };
        }
    }
    let told = [&before[..], &section(0, b"\x04toldmore", 0)].concat();
    for other in [swapped, told] {
        assert_ne!(other, before);
        write(&other);
        let report = opt_json(&folder, &["in.wasm"]);
        assert!(report["around"].is_null(), "{report}");
        let replay = ["--replay", "recipe.json", "-o", "no.wasm", "in.wasm"];
        let output = opt(&folder, &replay);
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(
            said.contains("the recipe encodes the component anew"),
            "{said}"
        );
    }
}
