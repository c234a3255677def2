//! What must not be in a binary is found, and nothing else; what cannot be looked at is refused.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::support::wasm_gauge;

const BANS: &str = "[bans]\ncrates = [\"reqwest\", \"wasi-libc\", \"compiler-rt\", \"compiler_builtins\"]\nsymbols = [\"tokio::spawn\", \"*shell*\"]\n\
    imports = [\"wasi:sockets/*\"]\nstrings = [\"HTTP/1.1\"]\n";

/// A module with one function called `symbol`, one import and one data segment.
fn module(symbol: &str, import: &str, data: &str) -> Vec<u8> {
    let text = format!(
        "(module (import \"{import}\" \"f\" (func)) (memory 1) (data (i32.const 0) \"{data}\") (func $\"{symbol}\" nop nop))"
    );
    wat::parse_str(text).expect("it assembles")
}

#[test]
fn what_was_planted_is_found() {
    let folder = tempfile::tempdir().expect("there is a place for temporary files");
    let write = |name: &str, bytes: &[u8]| {
        fs::write(folder.path().join(name), bytes).expect("the folder is ours");
    };
    let bans = |args: &[&str]| {
        let output = wasm_gauge()
            .current_dir(&folder)
            .args(["bans", "--policy", "gauge.toml"])
            .args(args)
            .output()
            .expect("the tool starts");
        let said = [output.stdout, output.stderr].concat();
        (
            output.status.code(),
            String::from_utf8_lossy(&said).into_owned(),
        )
    };
    write("gauge.toml", BANS.as_bytes());
    let (clean, import) = ("_RNvCs15kBYyAo9fc_4core5spawn", "wasi:random/random");
    for (bytes, status, said) in [
        (
            module(clean, import, "hello"),
            0,
            "0 banned things found; looked at 1 functions",
        ),
        // v0 and legacy mangling, a whole crate, an import, a string
        (
            module("_RNvCs15kBYyAo9fc_5tokio5spawn", import, ""),
            1,
            "tokio::spawn",
        ),
        (
            module("_ZN5tokio5spawn17h0123456789abcdefE", import, ""),
            1,
            "tokio::spawn",
        ),
        (
            module("_ZN5tokio5spawn4task17h0123456789abcdefE", import, ""),
            1,
            "tokio::spawn::task",
        ),
        (
            module("_ZN5tokio7spawned17h0123456789abcdefE", import, ""),
            0,
            "0 banned things",
        ),
        (
            module("_RNvCs15kBYyAo9fc_4core10exec_shell", import, ""),
            1,
            "core::exec_shell",
        ),
        (module("shells", import, ""), 1, "shells"),
        (
            module("_ZN7reqwest3get17h0123456789abcdefE", import, ""),
            1,
            "reqwest::get",
        ),
        (
            module(clean, "wasi:sockets/tcp@0.2.0", ""),
            1,
            "wasi:sockets/tcp@0.2.0#f",
        ),
        (module(clean, import, "GET / HTTP/1.1"), 1, "HTTP/1.1"),
        // What a profile calls a crate can be banned, if no symbol names it.
        (module("__wasilibc_tell", import, ""), 1, "__wasilibc_tell"),
        (module("__divti3", import, ""), 1, "__divti3"),
        (
            module("_RNvCs1_17compiler_builtins3mem", import, ""),
            1,
            "compiler_builtins::mem",
        ),
    ] {
        write("app.wasm", &bytes);
        let (code, text) = bans(&["app.wasm"]);
        assert_eq!(code, Some(status), "{text}");
        assert!(text.contains(said), "{text}");
    }

    // The same without names says nothing, but with the names of its twin.
    let planted = module("_ZN5tokio5spawn17h0123456789abcdefE", import, "");
    let stripped = &planted[..planted.len() - name_section_length(&planted)];
    write("stripped.wasm", stripped);
    write("twin.wasm", &planted);
    let other = "(module (import \"a\" \"f\" (func)) (func $f nop))";
    write("other.wasm", &wat::parse_str(other).expect("it assembles"));
    for (args, status, said) in [
        (
            &["stripped.wasm"][..],
            3,
            "stripped.wasm: 1 of its 1 functions have no names",
        ),
        (
            &["stripped.wasm", "--names", "twin.wasm"],
            1,
            "tokio::spawn",
        ),
        (
            &["stripped.wasm", "--names", "other.wasm"],
            3,
            "other.wasm: is no twin: the",
        ),
        (
            &["stripped.wasm", "--names", "stripped.wasm"],
            3,
            "have no names",
        ),
    ] {
        let (code, text) = bans(args);
        assert_eq!(code, Some(status), "{text}");
        assert!(text.contains(said), "{text}");
    }
    write("gauge.toml", b"[bans]\n");
    assert_eq!(bans(&["twin.wasm"]).0, Some(2));
}

/// Modules with three functions, the policy's own, and what is said.
const UNNAMED: [(&str, &str, i32, &str); 8] = [
    (
        r#"(func $a) (func $b) (func $c)"#,
        "",
        0,
        "looked at 3 functions, the imports",
    ),
    (
        r#"(func $a) (func) (func)"#,
        "",
        3,
        "2 of its 3 functions have no names",
    ),
    (
        r#"(func $a) (func $b) (func)"#,
        "max-unnamed = 1\n",
        0,
        "looked at 2 functions (not at 1 without names), the imports",
    ),
    (
        r#"(func $a) (func) (func)"#,
        "max-unnamed = 1\n",
        3,
        "2 of its 3 functions have no names",
    ),
    // The name of an import, the empty name and that of an export are no names of functions.
    (
        r#"(import "e" "f" (func $imported)) (func) (func) (func)"#,
        "",
        3,
        "3 of its 3 functions have no names",
    ),
    (
        r#"(func $a) (func $b) (func (@name ""))"#,
        "",
        3,
        "1 of its 3 functions have no names",
    ),
    (
        r#"(func $a) (func $b) (func (export "c"))"#,
        "",
        3,
        "1 of its 3 functions have no names",
    ),
    // What is known is judged all the same.
    (
        r#"(func $_ZN5tokio5spawn17h0123456789abcdefE) (func) (func)"#,
        "max-unnamed = 2\n",
        1,
        "tokio::spawn",
    ),
];

#[test]
fn functions_without_names_are_not_passed_over() {
    let folder = tempfile::tempdir().expect("there is a place for temporary files");
    for (text, rule, status, said) in UNNAMED {
        let bytes = wat::parse_str(format!("(module {text})")).expect("it assembles");
        fs::write(folder.path().join("app.wasm"), bytes).expect("the folder is ours");
        let policy = format!("{BANS}{rule}");
        fs::write(folder.path().join("gauge.toml"), policy).expect("the folder is ours");
        let output = wasm_gauge()
            .current_dir(&folder)
            .args(["bans", "--policy", "gauge.toml", "app.wasm"])
            .output()
            .expect("the tool starts");
        let all = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
        assert_eq!(output.status.code(), Some(status), "{text}: {all}");
        assert!(all.contains(said), "{text}: {all}");
    }
}

/// Data segments, and whether they hold the text `HTTP/1.1` in memory or in themselves.
const SEGMENTS: [(&str, bool); 9] = [
    (
        r#"(data (i32.const 0) "HTTP") (data (i32.const 4) "/1.1")"#,
        true,
    ),
    (
        r#"(data (i32.const 4) "/1.1") (data (i32.const 0) "HTTP")"#,
        true,
    ),
    (
        r#"(data (i32.const 5) "1.") (data (i32.const 0) "HTTP/") (data (i32.const 7) "1")"#,
        true,
    ),
    // Overwritten, so that it is there only in memory, or only in the segment.
    (
        r#"(data (i32.const 0) "HTTP-1.1") (data (i32.const 4) "/")"#,
        true,
    ),
    (
        r#"(data (i32.const 0) "HTTP/1.1") (data (i32.const 4) "-")"#,
        true,
    ),
    (
        r#"(data (i32.const 0) "HTTP") (data (i32.const 5) "/1.1")"#,
        false,
    ),
    (
        r#"(memory $b 1) (data (i32.const 0) "HTTP") (data (memory $b) (i32.const 4) "/1.1")"#,
        false,
    ),
    (r#"(data "HTTP/1.1")"#, true),
    (r#"(data "HTTP") (data "/1.1")"#, false),
];

#[test]
fn strings_are_found_across_segments() {
    let folder = tempfile::tempdir().expect("there is a place for temporary files");
    fs::write(folder.path().join("gauge.toml"), BANS).expect("the folder is ours");
    for (text, holds) in SEGMENTS {
        let bytes = wat::parse_str(format!("(module (memory 1) {text})")).expect("it assembles");
        fs::write(folder.path().join("app.wasm"), bytes).expect("the folder is ours");
        let output = wasm_gauge()
            .current_dir(&folder)
            .args(["bans", "--policy", "gauge.toml", "app.wasm"])
            .output()
            .expect("the tool starts");
        assert_eq!(output.status.code(), Some(i32::from(holds)), "{text}");
    }
}

/// Writes a package with its dependencies by section of its Cargo.toml.
fn write_package(folder: &Path, name: &str, rest: &str) {
    let source = folder.join(name).join("src");
    fs::create_dir_all(&source).expect("the folder is ours");
    fs::write(source.join("lib.rs"), "").expect("the folder is ours");
    let manifest =
        format!("[package]\nname = \"{name}\"\nversion = \"1.2.3\"\nedition = \"2024\"\n{rest}");
    fs::write(folder.join(name).join("Cargo.toml"), manifest).expect("the folder is ours");
}

#[test]
fn only_allowed_dependencies_are_built_in() {
    let folder = tempfile::tempdir().expect("there is a place for temporary files");
    let path = folder.path();
    let needs = |kind: &str, name: &str| format!("[{kind}]\n{name} = {{ path = \"../{name}\" }}\n");
    let app = [
        needs("dependencies", "direct"),
        needs("dev-dependencies", "for-tests"),
        needs("build-dependencies", "for-build"),
        needs("target.'cfg(windows)'.dependencies", "elsewhere"),
    ];
    write_package(path, "app", &app.concat());
    let direct = needs("dependencies", "indirect") + "derive = { path = \"../derive\" }\n";
    write_package(path, "direct", &direct);
    write_package(path, "indirect", "");
    let derive = "[lib]\nproc-macro = true\n".to_owned() + &needs("dependencies", "of-derive");
    write_package(path, "derive", &derive);
    for name in ["for-tests", "for-build", "elsewhere", "of-derive"] {
        write_package(path, name, "");
    }
    let metadata = Command::new(env!("CARGO"))
        .args(["metadata", "--offline", "--format-version", "1"])
        .args(["--filter-platform", "wasm32-wasip2"])
        .current_dir(path.join("app"))
        .output()
        .expect("cargo starts");
    assert!(metadata.status.success(), "{metadata:?}");
    fs::write(path.join("metadata.json"), metadata.stdout).expect("the folder is ours");
    fs::write(path.join("other.json"), "{}").expect("the folder is ours");
    fs::write(path.join("app.wasm"), module("f", "a", "")).expect("the folder is ours");

    let all = "[dependencies]\nallow = [\"app\", \"direct\", \"indirect\"]\n";
    for (policy, metadata, status, said) in [
        (all, Some("metadata.json"), 0, "3 dependencies and the data"),
        (
            "[dependencies]\nallow = [\"app\", \"direct\"]\n",
            Some("metadata.json"),
            1,
            "indirect 1.2.3, by way of app > direct",
        ),
        (
            all,
            None,
            2,
            "gauge.toml has [dependencies]: give --metadata FILE",
        ),
        (
            "[bans]\ncrates = [\"tokio\"]\n",
            Some("metadata.json"),
            2,
            "gauge.toml has no [dependencies]",
        ),
        (all, Some("other.json"), 3, "other.json: not the output"),
        (all, Some("absent.json"), 3, "absent.json: No such file"),
    ] {
        fs::write(path.join("gauge.toml"), policy).expect("the folder is ours");
        let output = wasm_gauge()
            .current_dir(path)
            .args(["bans", "--policy", "gauge.toml", "app.wasm"])
            .args(metadata.iter().flat_map(|file| ["--metadata", file]))
            .output()
            .expect("the tool starts");
        let text = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
        assert_eq!(output.status.code(), Some(status), "{text}");
        assert!(text.contains(said), "{text}");
    }
}

/// The whole `name` section, which comes last.
fn name_section_length(bytes: &[u8]) -> usize {
    let binary = wasm_gauge::binary::Binary::parse(bytes).expect("it is valid");
    let section = binary.units()[0].sections.last().expect("it has sections");
    assert_eq!(section.name, "name");
    section.range.len()
}
