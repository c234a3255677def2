//! Names from binaries that would steer a terminal, forge a row or be markup are shown as what they are,
//! in time that grows with their length.

use std::fs;
use std::process::Command;

use crate::support::{MODULE, section, wasm_gauge};

/// Names that mean something to somebody, and nothing here.
const NAMES: [&str; 14] = [
    "x\noptimized        84 B  1,048,576 B  holds",
    "x\r\u{1b}[1A\u{1b}[2Koptimized ok",
    "\u{1b}]0;title\u{7}",
    "c1 \u{9b}31m \u{85} \u{7f}",
    "\u{202e}sdloh\u{202c} \u{2066}x\u{2069} \u{200b}\u{feff}",
    "lines\u{2028}and\u{2029}paragraphs",
    "`` <b>bold</b> ``",
    "`",
    "```",
    " blank ",
    r"bar | and \| and \\| and \",
    "a|b|c",
    "tab\tand nul \0",
    "",
];

fn text(name: &str) -> Vec<u8> {
    let length = u32::try_from(name.len()).expect("it is short");
    [leb128(length), name.as_bytes().to_vec()].concat()
}

fn leb128(mut value: u32) -> Vec<u8> {
    let mut bytes = Vec::new();
    while value >= 0x80 {
        bytes.push(value as u8 | 0x80);
        value >>= 7;
    }
    bytes.push(value as u8);
    bytes
}

/// A core module in which all that can have a name is called `name`, in the name section `symbol`.
fn module(name: &str, symbol: &str) -> Vec<u8> {
    let (name, symbol) = (text(name), text(symbol));
    // Behind the count of one: the index and the name.
    let names = |index: u8| [&[1, index][..], &symbol].concat();
    let custom = |title: &str, contents: &[u8]| {
        let length = [title.len() as u8];
        section(0, &[&length, title.as_bytes(), contents].concat(), 0)
    };
    [
        &MODULE[..],
        &section(1, &[1, 0x60, 0, 0], 0),
        &section(2, &[&[1][..], &name, &name, &[0, 0]].concat(), 0),
        &section(3, &[1, 0], 0),
        &section(5, &[1, 0, 1], 0),
        &section(6, &[1, 0x7f, 1, 0x41, 0, 0x0b], 0),
        &section(7, &[&[1][..], &name, &[0, 1]].concat(), 0),
        &section(10, &[1, 3, 0, 1, 0x0b], 0),
        &section(11, &[1, 0, 0x41, 0, 0x0b, 1, 9], 0),
        &section(0, &name, 0),
        &custom(
            "name",
            &[
                section(0, &name, 0),
                section(1, &names(1), 0),
                section(7, &names(0), 0),
                section(9, &names(0), 0),
            ]
            .concat(),
        ),
    ]
    .concat()
}

/// What shows names.
const SHOWN: [&[&str]; 9] = [
    &["sections", "in.wasm"],
    &["imports", "in.wasm"],
    &["exports", "in.wasm"],
    &["memory", "in.wasm"],
    &["target-features", "in.wasm"],
    &[
        "profile", "--show", "items", "--show", "sections", "--show", "data", "in.wasm",
    ],
    &["gate", "--max-size", "1 B", "in.wasm"],
    &["diff", "plain.wasm", "in.wasm"],
    &["bans", "--policy", "gauge.toml", "in.wasm"],
];

#[test]
fn names_are_shown_as_names() {
    let folder = tempfile::tempdir().expect("there is a place for temporary files");
    let write = |name: &str, bytes: &[u8]| {
        fs::write(folder.path().join(name), bytes).expect("the folder is ours");
    };
    let policy = "[bans]\nimports = [\"*\"]\nmax-unnamed = 1\n";
    write("gauge.toml", policy.as_bytes());
    let shown = |args: &[&str], format: &str| {
        let output = wasm_gauge()
            .current_dir(&folder)
            .args(args)
            .args(["--format", format])
            .output()
            .expect("the tool starts");
        assert!(
            matches!(output.status.code(), Some(0 | 1)),
            "{args:?}: {output:?}"
        );
        String::from_utf8(output.stdout).expect("the tool writes UTF-8")
    };
    let other = "a name that is longer than all others in here";
    write("plain.wasm", &module(other, other));
    let ways = SHOWN
        .iter()
        .flat_map(|args| [(*args, "text"), (*args, "markdown")]);
    let all = |name: &str| -> Vec<String> {
        write("in.wasm", &module(name, name));
        ways.clone()
            .map(|(args, format)| shown(args, format))
            .collect()
    };
    let plain = all("an ordinary name");
    for name in NAMES {
        for (said, plain) in all(name).iter().zip(&plain) {
            let place = format!("{name:?}: {said}");
            assert!(
                said.chars().all(|c| c == '\n'
                    || !c.is_control()
                        && !"\u{200b}\u{feff}\u{202e}\u{202c}\u{2066}\u{2069}\u{2028}\u{2029}"
                            .contains(c)),
                "{place}"
            );
            assert_eq!(said.lines().count(), plain.lines().count(), "{place}");
            // In Markdown.
            for line in said.lines().filter(|line| line.starts_with('|')) {
                let bars = bars(line);
                assert!(
                    plain.lines().any(|line| self::bars(line) == bars),
                    "{place}"
                );
            }
        }
    }
    // What is said to be wrong names names as well.
    let name = "f\u{1b}[2K\nerror: none";
    write("in.wasm", &module(name, name));
    let output = wasm_gauge()
        .current_dir(&folder)
        .args(["call", "in.wasm", "--calls", "\u{1b}[2K.jsonl"])
        .output()
        .expect("the tool starts");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.starts_with("error: \\u{1b}[2K.jsonl: "), "{said}");
    assert_eq!(said.lines().count(), 1, "{said}");
}

/// How many cells end in a line, as GitHub's Markdown reads it: a backslash takes the next character along.
fn bars(line: &str) -> usize {
    let mut characters = line.chars();
    let mut bars = 0;
    while let Some(c) = characters.next() {
        match c {
            '\\' => _ = characters.next(),
            '|' => bars += 1,
            _ => {}
        }
    }
    bars
}

/// The most seconds of the processor that this may take, in a build that is not optimised: where time grows with
/// the square of what is given, it takes many times as much.
const SECONDS: u32 = 60;

/// Runs the tool, which must not take longer.
fn bounded(folder: &tempfile::TempDir, args: &str) -> String {
    let output = Command::new("sh")
        .current_dir(folder)
        .args([
            "-c",
            &format!("ulimit -t {SECONDS}; exec \"$GAUGE\" {args}"),
        ])
        .env("GAUGE", wasm_gauge().get_program())
        .output()
        .expect("there is a shell");
    assert!(
        matches!(output.status.code(), Some(0 | 1)),
        "{args}: {:?}: {}",
        output.status,
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).expect("the tool writes UTF-8")
}

#[test]
fn long_names_are_whole_and_take_no_longer_than_they_are_long() {
    let folder = tempfile::tempdir().expect("there is a place for temporary files");
    let name = "n".repeat(1_100_000);
    fs::write(folder.path().join("in.wasm"), module("f", &name)).expect("the folder is ours");
    for args in [
        "profile --show items in.wasm",
        "profile --show data in.wasm",
        "gate --max-size '1 B' in.wasm",
    ] {
        for format in ["text", "markdown"] {
            let said = bounded(&folder, &format!("{args} --format {format}"));
            assert!(
                said.lines().any(|line| line.contains(&name)),
                "{args} {format}"
            );
        }
    }
}

#[test]
fn profiles_of_long_chains_take_no_longer_than_they_have_links() {
    const FUNCTIONS: u32 = 200_000;
    let folder = tempfile::tempdir().expect("there is a place for temporary files");
    let body = |index: u32| {
        let call = |callee: u32| [&[0x10][..], &leb128(callee)].concat();
        let next = if index + 1 < FUNCTIONS {
            call(index + 1)
        } else {
            Vec::new()
        };
        let body = [&[0][..], &next, &call(index / 2), &[0x0b]].concat();
        [leb128(body.len() as u32), body].concat()
    };
    let count = leb128(FUNCTIONS);
    let types = vec![0; FUNCTIONS as usize];
    let bodies: Vec<u8> = (0..FUNCTIONS).flat_map(body).collect();
    let chain = [
        &MODULE[..],
        &section(1, &[1, 0x60, 0, 0], 0),
        &section(3, &[&count[..], &types].concat(), 0),
        &section(7, &[1, 1, b'f', 0, 0], 0),
        &section(10, &[&count[..], &bodies].concat(), 0),
    ]
    .concat();
    fs::write(folder.path().join("in.wasm"), chain).expect("the folder is ours");
    let said = bounded(&folder, "profile --show dominators --depth 1000000 in.wasm");
    assert!(said.contains("· · · "), "{said}");
}
