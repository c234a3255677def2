//! The tool as a process: its streams, its output files and the program it needs.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Output, Stdio};

use crate::support::{self, inputs, script, wasm_gauge};

fn run(folder: &Path, args: &[&str]) -> Output {
    wasm_gauge()
        .current_dir(folder)
        .args(args)
        .output()
        .expect("the tool starts")
}

/// Exit status, standard output and standard error.
fn told(output: &Output) -> (Option<i32>, &str, &str) {
    let text = |bytes| str::from_utf8(bytes).expect("the tool writes UTF-8");
    (
        output.status.code(),
        text(&output.stdout),
        text(&output.stderr),
    )
}

#[test]
fn a_component_and_its_core_module_give_the_same_replies() {
    let folder = inputs();
    let replies = fs::read_to_string(Path::new(support::FIXTURES).join("replies.jsonl"))
        .expect("the fixture is there");
    for file in ["guest.wasm", "guest.core.wasm"] {
        let output = run(folder.path(), &["call", file, "--calls", "calls.jsonl"]);
        assert_eq!(told(&output), (Some(0), replies.as_str(), ""), "{file}");
    }
}

#[test]
fn standard_input_is_a_file_like_any_other() {
    let folder = inputs();
    for (input, args, status, error) in [
        (
            "307200.wasm",
            &["gate", "--max-size", "300KiB", "-"][..],
            0,
            "",
        ),
        ("307201.wasm", &["gate", "--max-size", "300KiB", "-"], 1, ""),
        ("307201.wasm", &["measure", "-"], 0, ""),
        (
            "guest.wasm",
            &["call", "--calls", "calls.jsonl", "-"],
            0,
            "",
        ),
        (
            "empty.wasm",
            &["measure", "-"],
            3,
            "error: standard input: empty\n",
        ),
    ] {
        let file = fs::File::open(folder.path().join(input)).expect("the input is there");
        let output = wasm_gauge()
            .current_dir(&folder)
            .args(args)
            .stdin(file)
            .output()
            .expect("the tool starts");
        let (code, _, stderr) = told(&output);
        assert_eq!((code, stderr), (Some(status), error), "{input} {args:?}");
    }
}

#[test]
fn a_reader_that_goes_away_changes_no_verdict() {
    let folder = inputs();
    for (args, status) in [
        (&["measure", "307200.wasm"][..], 0),
        (&["gate", "--max-size", "1B", "307200.wasm"], 1),
        (&["call", "guest.wasm", "--calls", "calls.jsonl"], 0),
    ] {
        let (reader, writer) = std::io::pipe().expect("there are pipes");
        drop(reader);
        let output = wasm_gauge()
            .current_dir(&folder)
            .args(args)
            .stdout(writer)
            .stderr(Stdio::piped())
            .output()
            .expect("the tool starts");
        assert_eq!(told(&output), (Some(status), "", ""), "{args:?}");
    }
}

#[test]
fn an_output_file_is_written_whole_or_not_at_all() {
    let folder = inputs();
    let report = folder.path().join("report.json");
    let entries = || fs::read_dir(&folder).expect("the folder is ours").count();
    let before = entries();

    let measure = ["measure", "--format", "json", "guest.wasm"];
    let printed = run(folder.path(), &measure);
    let written = run(
        folder.path(),
        &[&measure[..], &["-o", "report.json"]].concat(),
    );
    assert_eq!(told(&written), (Some(0), "", ""));
    let content = fs::read(&report).expect("it was written");
    assert_eq!(content, printed.stdout);
    assert_eq!(entries(), before + 1, "no temporary file is left");

    let plain = run(folder.path(), &["measure", "guest.wasm"]);
    let both = run(
        folder.path(),
        &["measure", "--json", "report.json", "guest.wasm"],
    );
    assert_eq!(told(&both), told(&plain));
    assert_eq!(fs::read(&report).expect("it was written again"), content);

    // A new file's permissions are everybody's, less the umask: the same as those of the folder's files.
    let mode = |name: &str| {
        let metadata = fs::metadata(folder.path().join(name)).expect("it is there");
        metadata.permissions().mode()
    };
    assert_eq!(mode("report.json"), mode("guest.wasm"));

    let refused = run(
        folder.path(),
        &[
            "measure",
            "-o",
            "report.json",
            "--unoptimized",
            "guest.wasm",
            "text.wasm",
        ],
    );
    assert_eq!(refused.status.code(), Some(3));
    assert_eq!(fs::read(&report).expect("it is still there"), content);

    let failed = run(
        folder.path(),
        &[
            "gate",
            "--max-size",
            "1B",
            "-o",
            "verdict.txt",
            "guest.wasm",
        ],
    );
    assert_eq!(told(&failed), (Some(1), "", ""));
    let verdict = fs::read_to_string(folder.path().join("verdict.txt")).expect("it was written");
    assert!(verdict.contains("FAILS"), "{verdict}");
}

#[test]
fn gzip_has_to_be_there_and_gnu() {
    let folder = inputs();
    let fake = |text: &str| script(folder.path(), "gzip", text);
    let gate = |limit: &str| {
        let output = wasm_gauge()
            .current_dir(&folder)
            .env("PATH", folder.path())
            .args(["gate", limit, "1MiB", "307200.wasm"])
            .output()
            .expect("the tool starts");
        let (code, _, stderr) = told(&output);
        (code, stderr.to_owned())
    };
    let missing = "error: gzip: not found: install GNU gzip\n";
    assert_eq!(gate("--max-gzip"), (Some(4), missing.to_owned()));
    // What needs no gzip runs without it.
    assert_eq!(gate("--max-size"), (Some(0), String::new()));

    fake("echo 'Apple gzip 479'");
    let other = "error: gzip: `gzip --version` says \"Apple gzip 479\": GNU gzip is needed\n";
    assert_eq!(gate("--max-gzip"), (Some(4), other.to_owned()));

    fake("test $1 = --version && echo 'gzip 1.14' && exit\nread -r _\nexit 1");
    let (code, stderr) = gate("--max-gzip");
    assert_eq!(code, Some(4));
    assert!(stderr.starts_with("error: gzip: "), "{stderr}");
}

#[test]
fn completions_and_man_pages_know_every_subcommand() {
    let folder = inputs();
    for what in ["completions", "man"] {
        let output = run(folder.path(), &["generate", what, "packaged"]);
        assert_eq!(told(&output), (Some(0), "", ""), "{what}");
    }
    let read = |file: &str| {
        let path = folder.path().join("packaged").join(file);
        fs::read_to_string(path).unwrap_or_else(|error| panic!("{file}: {error}"))
    };
    let help = run(folder.path(), &["--help"]);
    let help = String::from_utf8_lossy(&help.stdout).into_owned();
    let listed = help.lines().skip_while(|line| *line != "Commands:").skip(1);
    let names: Vec<_> = listed
        .map_while(|line| line.split_whitespace().next())
        .filter(|name| *name != "help")
        .collect();
    assert!(names.contains(&"baseline") && names.len() > 10, "{names:?}");
    for name in names {
        for (file, said) in [
            ("wasm-gauge.bash", format!("wasm__gauge,{name})")),
            ("_wasm-gauge", format!("({name})")),
            ("wasm-gauge.fish", format!("-a \"{name}\"")),
            (
                "wasm-gauge.1",
                format!("wasm\\-gauge\\-{}(1)", name.replace('-', "\\-")),
            ),
        ] {
            assert!(read(file).contains(&said), "{file} knows no {name}");
        }
        assert!(read(&format!("wasm-gauge-{name}.1")).contains(".SH NAME"));
    }
    assert!(read("wasm-gauge-baseline-check.1").contains("\\-\\-strict"));
    let refused = run(folder.path(), &["generate", "man", "calls.jsonl"]);
    assert_eq!(refused.status.code(), Some(2));
}

#[test]
fn colour_is_for_terminals() {
    let folder = inputs();
    let output = run(folder.path(), &["gate", "--max-size", "1B", "guest.wasm"]);
    assert!(!output.stdout.contains(&0x1b), "no escape codes in a pipe");
    let output = wasm_gauge()
        .current_dir(&folder)
        .env("CLICOLOR_FORCE", "1")
        .args(["gate", "--max-size", "1B", "guest.wasm"])
        .output()
        .expect("the tool starts");
    assert!(output.stdout.contains(&0x1b), "they can be forced");
}
