//! The files that the tests work on, made from `tests/fixtures` in a temporary folder.

#![allow(dead_code, reason = "each test binary uses some of it")]

pub mod elf;
pub mod proposals;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::Value;
use tempfile::TempDir;
use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::Resolve;

pub const FIXTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures");

/// The text of a file of a folder.
pub fn text_of(folder: &Path, name: &str) -> String {
    fs::read_to_string(folder.join(name)).expect("it is there")
}

/// The JSON in a file of a folder.
pub fn json_of(folder: &Path, name: &str) -> Value {
    serde_json::from_str(&text_of(folder, name)).expect("it is JSON")
}

/// The bytes of a text fixture.
pub fn module(name: &str) -> Vec<u8> {
    wat::parse_file(Path::new(FIXTURES).join(name)).expect("a fixture assembles")
}

/// The module of a text fixture, with the world of a WIT fixture embedded.
pub fn module_with_world(wat: &str, wit: &str) -> Vec<u8> {
    let text = fs::read_to_string(Path::new(FIXTURES).join(wit)).expect("the fixture is there");
    with_world(module(wat), &text)
}

/// `module` with the one world of `wit` embedded.
pub fn with_world(mut module: Vec<u8>, wit: &str) -> Vec<u8> {
    let mut resolve = Resolve::default();
    let package = resolve
        .push_str("world.wit", wit)
        .expect("the package parses");
    let world = resolve
        .select_world(&[package], None)
        .expect("the package has one world");
    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8)
        .expect("the world fits");
    module
}

/// The component of a core module with a world.
pub fn component(module: &[u8]) -> Vec<u8> {
    ComponentEncoder::default()
        .validate(true)
        .module(module)
        .expect("the module has a world")
        .encode()
        .expect("the module implements its world")
}

/// A component of core modules and components, which are not instantiated.
pub fn component_with(parts: &[Vec<u8>]) -> Vec<u8> {
    let sections = parts.iter().flat_map(|part| {
        let id = if part.starts_with(&MODULE) { 1 } else { 4 };
        section(id, part, 0)
    });
    COMPONENT.into_iter().chain(sections).collect()
}

/// A core module of exactly `size` bytes, at least 20: a custom section fills it.
pub fn sized(size: usize) -> Vec<u8> {
    let mut bytes = b"\0asm\x01\0\0\0\0".to_vec();
    // The length of the section as a LEB128 number padded to five bytes, then an empty name.
    let length = u32::try_from(size - 14).expect("a fixture is small");
    for group in 0..5 {
        let more = if group < 4 { 0x80 } else { 0 };
        bytes.push((length >> (7 * group)) as u8 & 0x7f | more);
    }
    bytes.resize(size, 0);
    bytes
}

/// The header of a core module.
pub const MODULE: [u8; 8] = *b"\0asm\x01\0\0\0";
/// The header of a component.
pub const COMPONENT: [u8; 8] = *b"\0asm\x0d\0\x01\0";

/// A section with its length as LEB128, `padding` bytes longer than needed where there is room.
pub fn section(id: u8, contents: &[u8], padding: usize) -> Vec<u8> {
    let mut length = u32::try_from(contents.len()).expect("a test section is small");
    let mut bytes = vec![id];
    let needed = (1..5).find(|n| length >> (7 * n) == 0).unwrap_or(5);
    let encoded = (needed + padding).min(5);
    for group in 1..=encoded {
        let more = if group < encoded { 0x80 } else { 0 };
        bytes.push(length as u8 & 0x7f | more);
        length >>= 7;
    }
    bytes.extend(contents);
    bytes
}

fn custom(name: &str, data: &[u8], padding: usize) -> Vec<u8> {
    let name_length = u8::try_from(name.len()).expect("a test name is short");
    section(
        0,
        &[&[name_length], name.as_bytes(), data].concat(),
        padding,
    )
}

/// A function of a made-up program: its symbol and how many bytes its body is long, at least 3 and
/// without the length in front of it.
pub type Function = (&'static str, usize);

/// A core module of `functions` and a data segment, with their names or without.
pub fn program(functions: &[Function], data: &str, names: bool) -> Vec<u8> {
    let name = |symbol: &str| match names {
        true => format!("${symbol:?}"),
        false => String::new(),
    };
    let functions: String = functions
        .iter()
        // Around the instructions stand a count of locals and `end`.
        .map(|(symbol, bytes)| format!("(func {} {})", name(symbol), "nop ".repeat(bytes - 2)))
        .collect();
    let segment = name(".rodata");
    wat::parse_str(format!(
        "(module (memory 1) {functions} (data {segment} (i32.const 0) {data:?}))"
    ))
    .expect("the text is valid")
}

/// Two states of a program: between them `core` went, `fresh` came, and what the compiler adds to
/// symbols is different.
pub const BEFORE: [Function; 5] = [
    ("_RNvCs1_4demo5parse", 600),
    ("_ZN4demo5write17h0123456789abcdefE", 300),
    ("_ZN4demo5write17h1111111111111111E.7", 200),
    ("_ZN4core3fmt9write_str17h0123456789abcdefE", 40),
    ("_ZN4demo4same17h0123456789abcdefE", 50),
];
/// See [`BEFORE`].
pub const AFTER: [Function; 5] = [
    ("_RNvCs2_4demo5parse", 1_200),
    ("_ZN4demo5write17hfedcba9876543210E.llvm.12", 400),
    ("_RNvCs5_5fresh6encode", 2_000),
    ("_ZN4demo4same17hfedcba9876543210E.3", 50),
    ("_RNvCs5_5fresh6decode", 520),
];

/// Some custom sections, around one memory.
pub fn any_module() -> impl Strategy<Value = Vec<u8>> {
    let customs = || vec(("[a-z.]{0,20}", vec(any::<u8>(), 0..300), 0..5_usize), 0..4);
    (customs(), 0..5_usize, customs()).prop_map(|(before, padding, after)| {
        let memory = section(5, &[1, 0, 1], padding);
        let customs = |list: Vec<(String, Vec<u8>, usize)>| -> Vec<u8> {
            list.into_iter()
                .flat_map(|(name, data, padding)| custom(&name, &data, padding))
                .collect()
        };
        [&MODULE[..], &customs(before), &memory, &customs(after)].concat()
    })
}

/// A component of core modules and components, or a core module.
pub fn any_binary() -> impl Strategy<Value = Vec<u8>> {
    any_module().prop_recursive(4, 24, 4, |inner| {
        vec((inner, 0..5_usize), 0..4).prop_map(|parts| {
            let mut bytes = COMPONENT.to_vec();
            for (part, padding) in parts {
                let id = if part.starts_with(&MODULE) { 1 } else { 4 };
                bytes.extend(section(id, &part, padding));
            }
            bytes
        })
    })
}

/// Builds of worker.wat: name, and what is different in them.
const WORKERS: [(&str, &str, &str); 6] = [
    ("worker", "", ""),
    ("slower", "(i32.const 100)", "(i32.const 200)"),
    ("renamed", "worker 1", "worker 2"),
    ("untold", "heap_bytes", "heap_bites"),
    ("uncounted", "counters", "kounters"),
    (
        "larger",
        "peak_live_bytes\\\": 2900",
        "peak_live_bytes\\\": 3001",
    ),
];

/// A folder with all inputs that the command line tests name.
pub fn inputs() -> TempDir {
    let folder = tempfile::tempdir().expect("there is a place for temporary files");
    let write = |name: &str, bytes: &[u8]| {
        fs::write(folder.path().join(name), bytes).expect("the folder is ours");
    };
    let guest = module_with_world("guest.wat", "guest.wit");
    let guest_component = component(&guest);
    write("guest.core.wasm", &guest);
    write("guest.wasm", &guest_component);
    write("no-world.wasm", &module("guest.wat"));
    write(
        "dice.core.wasm",
        &module_with_world("dice-p1.wat", "dice.wit"),
    );
    write(
        "dice.wasm",
        &component(&module_with_world("dice.wat", "dice.wit")),
    );
    write(
        "dice-p2.core.wasm",
        &module_with_world("dice.wat", "dice.wit"),
    );
    let mut garbled = module("guest.wat");
    garbled.extend(b"\0\x12\x0ecomponent-typexyz");
    write("garbled-world.wasm", &garbled);
    let grow = module_with_world("grow.wat", "dice.wit");
    write("grow.wasm", &component(&grow));
    for (name, from, to) in WORKERS {
        let text = fs::read_to_string(Path::new(FIXTURES).join("worker.wat")).expect("it is there");
        let other = text.replace(from, to);
        assert_eq!(from == to, text == other, "{name}");
        let core = wat::parse_str(other).expect("a fixture assembles");
        let wit = fs::read_to_string(Path::new(FIXTURES).join("worker.wit")).expect("it is there");
        let core = with_world(core, &wit);
        write(&format!("{name}.wasm"), &component(&core));
        write(&format!("{name}.core.wasm"), &core);
    }
    write("features.wasm", &module("features.wat"));
    write("paths.wasm", &module("paths.wat"));
    write("header-only.wasm", b"\0asm\x01\0\0\0");
    write("no-module.wasm", b"\0asm\x0d\0\x01\0");
    write(
        "garbled-features.wasm",
        b"\0asm\x01\0\0\0\0\x11\x0ftarget_features\x01",
    );
    for (name, functions, data) in [
        ("before", BEFORE, "0123456789"),
        ("after", AFTER, "0123456789abcdef"),
    ] {
        for (extension, names) in [("opt.wasm", false), ("opt.names.wasm", true)] {
            let bytes = program(&functions, data, names);
            write(&format!("{name}.{extension}"), &bytes);
        }
    }
    for size in [307_200, 307_201, 307_500, 292_000] {
        write(&format!("{size}.wasm"), &sized(size));
    }
    write(
        "memory.toml",
        b"[memory]\ninitial = \"128 KiB\"\nstatic-data = \"2 B\"\n[variants.plain]\nstack-size = \"1 MiB\"\n",
    );
    write(
        "fat.txt",
        b"--crate-type\ncdylib\n-C\nlto=fat\n-C\nopt-level=z\n",
    );
    write("rlib.txt", b"--crate-type\ncdylib\n--crate-type\nrlib\n");
    write("named.elf", &elf::program(true));
    write(
        "native.toml",
        b"[native]\nmax-size = \"700 B\"\ngoal-size = \"1 KiB\"\ngoal-unwind = \"15 B\"\n",
    );
    write("stripped.elf", &elf::program(false));
    write("empty.wasm", b"");
    write("header.wasm", &guest[..5]);
    write(
        "truncated.wasm",
        &guest_component[..guest_component.len() - 7],
    );
    write("text.wasm", b"(module)\n");
    write("invalid.wasm", b"\0asm\x01\0\0\0\x03\x02\x01\x00");
    fs::create_dir(folder.path().join("folder.wasm")).expect("the folder is ours");
    fs::File::create(folder.path().join("zeros.wasm"))
        .and_then(|file| file.set_len(200_000_000))
        .expect("a sparse file takes no space");
    for (from, to) in [
        ("package.toml", "Cargo.toml"),
        ("gauge.toml", "gauge.toml"),
        ("decision.toml", "decision.toml"),
        ("bench.json", "bench.json"),
        ("timed.bench.json", "timed.bench.json"),
        ("leaking.report.json", "leaking.report.json"),
        ("calls.jsonl", "calls.jsonl"),
        ("plain.report.json", "plain.report.json"),
        ("other.report.json", "other.report.json"),
        ("newer.report.json", "newer.report.json"),
    ] {
        let bytes = fs::read(Path::new(FIXTURES).join(from)).expect("the fixture is there");
        write(to, &bytes);
    }
    write(
        "unlike.bench.json",
        br#"{"reference": "plain", "holds": false, "builds": {}, "workloads": [], "differences": [{"workload": "mixed",
            "variant": "other", "place": "mixed.jsonl:1", "call": "f", "character": 1, "reply": "1", "expected": "2"}]}"#,
    );
    for (name, calls) in [
        ("unknown", r#"{"call": "nope", "args": []}"#),
        ("arity", r#"{"call": "echo", "args": []}"#),
        ("result-type", r#"{"call": "count", "args": []}"#),
        ("argument-type", r#"{"call": "number", "args": ["1"]}"#),
        (
            "trap",
            "{\"call\": \"echo\", \"args\": [\"a\"]}\n{\"call\": \"fail\", \"args\": []}\n",
        ),
        (
            "answers",
            "{\"call\": \"echo\", \"args\": [\"a\"], \"answer\": {\"value\": \"a\"}}\n\
             {\"call\": \"check\", \"args\": [\"no\"], \"answer\": {\"ok\": null}}\n",
        ),
        ("outside", r#"{"call": "outside", "args": []}"#),
        ("garbled", r#"{"call": "garbled", "args": []}"#),
        ("roll", r#"{"call": "roll", "args": []}"#),
        (
            "work",
            "{\"call\": \"echo\", \"args\": [\"a\"], \"setup\": true}\n\
             {\"call\": \"echo\", \"args\": [\"b\"]}\n{\"call\": \"echo\", \"args\": [\"c\"]}\n",
        ),
        (
            "name",
            "{\"call\": \"echo\", \"args\": [\"a\"]}\n{\"call\": \"name\", \"args\": []}\n",
        ),
        ("stats", r#"{"call": "stats", "args": []}"#),
        ("varies", r#"{"call": "stats", "args": [], "varies": true}"#),
        (
            "uncounted",
            concat!(
                r#"{"call": "echo", "args": ["a"], "uncounted": true}"#,
                "\n",
                r#"{"call": "echo", "args": ["b"]}"#,
            ),
        ),
        (
            "setup-only",
            r#"{"call": "echo", "args": ["a"], "setup": true}"#,
        ),
        (
            "setup-late",
            "{\"call\": \"name\", \"args\": []}\n{\"call\": \"name\", \"args\": [], \"setup\": true}\n",
        ),
        ("malformed", "\n{\"call\": \"echo\", \"args\": 1}\n"),
        ("misspelt", r#"{"call": "echo", "args": [], "arg": "x"}"#),
        ("blank", "\n\n"),
    ] {
        write(&format!("{name}.jsonl"), calls.as_bytes());
    }
    folder
}

/// The tool.
pub fn wasm_gauge() -> Command {
    Command::new(env!("CARGO_BIN_EXE_wasm-gauge"))
}

/// Makes `stand-in`, a program that answers `--version` like wasm-opt; otherwise `$options`, `$input` and `$output`
/// are set.
pub fn stand_in(folder: &Path, text: &str) {
    let text = format!(
        "[ \"$1\" = --version ] && echo 'wasm-opt version 131' && exit\n\
         options=\"$*\"; while [ $# -gt 3 ]; do shift; done\ninput=$1 output=$3\n{text}"
    );
    script(folder, "stand-in", &text);
}

/// Makes the program `name`, of what a shell does. A program cannot be started that is open for writing, and what another
/// thread starts has for a moment all files that are open here: so a process of its own writes it.
pub fn script(folder: &Path, name: &str, text: &str) {
    let written = Command::new("sh")
        .args([
            "-c",
            r#"printf '#!/bin/sh\n%s\n' "$2" > "$1" && chmod 755 "$1""#,
            "sh",
        ])
        .arg(folder.join(name))
        .arg(text)
        .status()
        .expect("there is a shell");
    assert!(written.success(), "{name} could not be written");
}

/// Where the tests of the command line are.
pub fn cases() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cli")
}
