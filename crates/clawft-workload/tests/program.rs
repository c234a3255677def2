//! The program as its users see it: output, diagnostics, exit status.

use std::collections::BTreeSet;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};

/// Runs the program with this standard input, in an environment that names neither a model nor a configuration.
fn program(arguments: &[&str], input: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_clawft-workload"))
        .args(arguments)
        .env_clear()
        // where the lines that tests run are counted
        .envs(std::env::vars().filter(|(name, _)| name == "LLVM_PROFILE_FILE"))
        .env("HOME", env!("CARGO_TARGET_TMPDIR"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts");
    let mut stdin = child.stdin.take().expect("standard input is piped");
    // It may refuse its arguments and end before it reads: then there is no one to write to.
    let _ = stdin.write_all(input.as_bytes());
    drop(stdin);
    child.wait_with_output().expect("it ends")
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).expect("UTF-8")
}

const INIT: &str = r#"{"call":"init","args":["{\"model\":\"m\"}"]}"#;
const REQUEST: &str =
    r#"{"model":"m","messages":[{"role":"user","content":"Hi"}],"max_tokens":1024}"#;

fn call(name: &str, argument: &str) -> String {
    json!({ "call": name, "args": [argument] }).to_string()
}

#[test]
fn calls_are_answered_line_by_line() {
    let input = format!(
        "{}\n\n{INIT}\r\n  \n{}",
        call("process-message", "Hi"),
        call("process-message", "Hi")
    );
    let output = program(&["answer", "-"], &input);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let expected = [
        r#"{"err":"the agent has no configuration: call init first"}"#.to_owned(),
        r#"{"ok":null}"#.to_owned(),
        json!({ "ok": REQUEST }).to_string(),
    ];
    assert_eq!(text(&output.stdout).lines().collect::<Vec<_>>(), expected);
}

#[test]
fn a_bad_line_is_named_and_ends_the_run() {
    let cases = [
        ("nonsense", "-:2: expected ident at line 1 column 2"),
        (
            r#"{"call":"init"}"#,
            "-:2: missing field `args` at line 1 column 15",
        ),
        (
            r#"{"call":"init","args":[],"x":1}"#,
            "-:2: unknown field `x`, expected one of `call`, `args`, `setup`, `varies`, `uncounted` at line 1 column 28",
        ),
        (
            r#"{"call":"init","args":[]}"#,
            "-:2: init takes 1 argument, not 0",
        ),
        (
            r#"{"call":"process-message","args":["a","b"]}"#,
            "-:2: process-message takes 1 argument, not 2",
        ),
        (
            r#"{"call":"capabilities","args":[]}"#,
            "-:2: capabilities describes a WebAssembly build: ask the component",
        ),
        (
            r#"{"call":"alloc-stats","args":[]}"#,
            "-:2: alloc-stats describes a WebAssembly build: ask the component",
        ),
        (
            r#"{"call":"reset","args":[]}"#,
            "-:2: no export \"reset\": expected init or process-message",
        ),
    ];
    for (line, expected) in cases {
        let output = program(&["answer", "-"], &format!("{INIT}\n{line}\n{INIT}\n"));
        assert_eq!(output.status.code(), Some(3), "{line}");
        assert_eq!(text(&output.stdout), "{\"ok\":null}\n", "{line}");
        assert_eq!(
            text(&output.stderr),
            format!("clawft-workload: {expected}\n")
        );
    }
}

#[test]
fn what_cannot_be_read_is_named() {
    let output = program(&["answer", "no/such/file"], "");
    assert_eq!(output.status.code(), Some(3));
    assert!(
        text(&output.stderr).starts_with("clawft-workload: no/such/file: No such file"),
        "{output:?}"
    );
    for arguments in [
        &["answer"][..],
        &["send"],
        &["calls", "idle"],
        &["calls", "light", "--repetitions", "0"],
        &[],
    ] {
        let output = program(arguments, "");
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(output.stdout.is_empty());
    }
}

/// The lines that the agent itself can answer are answered, by requests of the size that their workload is named for.
#[test]
fn workloads_are_calls_that_the_agent_answers() {
    let bench = |workload: &str, repetitions: u32| {
        let request = json!({ "workload": workload, "repetitions": repetitions });
        vec![call("bench", &request.to_string())]
    };
    let stress = |seed: u64| {
        let max_bytes = if seed % 10 == 1 { 1 << 20 } else { 1 << 15 };
        let request = json!({ "seed": seed, "operations": 10_000, "max_bytes": max_bytes, "live_bytes": 8 << 20 });
        call("stress", &request.to_string())
    };
    for (workload, repetitions, expected) in [
        ("heavy", None, bench("heavy", 100)),
        ("mixed", None, bench("mixed", 10)),
        ("grow", Some("7"), bench("grow", 7)),
        ("churn", None, bench("churn", 10)),
        ("holes", None, bench("holes", 10)),
        ("stress", Some("11"), (1..=11).map(stress).collect()),
        ("stress", Some("2"), vec![stress(1), stress(2)]),
    ] {
        let lines = workload_lines(workload, repetitions);
        assert_eq!(parsed(&lines[1..]), parsed(&expected));
    }
    let light = workload_lines("light", Some("3"));
    assert_eq!(light.len(), 7);
    assert_eq!(
        light[6],
        r#"{"call":"capabilities","args":[],"varies":true}"#
    );
    assert_eq!(
        messages_of(
            &[&light[1], &light[3], &light[5]].map(String::as_str),
            &light[0]
        ),
        [2; 3]
    );
    let medium = workload_lines("medium", None);
    let medium: Vec<_> = medium.iter().map(String::as_str).collect();
    assert_eq!(messages_of(&medium[1..], medium[0]), [50; 10]);
}

fn parsed(lines: &[String]) -> Vec<Value> {
    let parse = |line: &String| serde_json::from_str(line).expect("JSON");
    lines.iter().map(parse).collect()
}

/// The lines of a workload, which are the same each time, behind the one that stops the counting; the first of them
/// initialises the agent.
fn workload_lines(workload: &str, repetitions: Option<&str>) -> Vec<String> {
    let mut arguments = vec!["calls", workload];
    arguments.extend(repetitions.map(|_| "--repetitions"));
    arguments.extend(repetitions);
    let output = program(&arguments, "");
    assert_eq!(output, program(&arguments, ""), "{workload}");
    assert!(output.status.success(), "{}", text(&output.stderr));
    let mut lines: Vec<_> = text(&output.stdout).lines().map(str::to_owned).collect();
    assert_eq!(
        lines.remove(0),
        r#"{"call":"stop-counting","args":[],"setup":true,"uncounted":true}"#
    );
    assert!(
        lines[0].starts_with(r#"{"call":"init","args":["#),
        "{}",
        lines[0]
    );
    assert!(lines[0].ends_with(r#"],"setup":true}"#), "{}", lines[0]);
    lines
}

/// How many messages the requests have that the agent answers these calls with.
fn messages_of(calls: &[&str], init: &str) -> Vec<usize> {
    let output = program(&["answer", "-"], &format!("{init}\n{}", calls.join("\n")));
    assert!(output.status.success(), "{}", text(&output.stderr));
    let replies = text(&output.stdout).lines().skip(1).map(|line| {
        let reply: Value = serde_json::from_str(line).expect("JSON");
        let request = reply["ok"].as_str().expect("a request");
        let request: Value = serde_json::from_str(request).expect("JSON");
        request["messages"].as_array().expect("messages").len()
    });
    replies.collect()
}

/// Conversations are as many and as long as asked, each another, and the same each time.
#[test]
fn conversations_are_written() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("conversations");
    let folder = folder.to_str().expect("UTF-8");
    let made = || {
        let options = [
            "conversations",
            "--seed",
            "5",
            "--number",
            "3",
            "--messages",
            "10",
            folder,
        ];
        let output = program(&options, "");
        assert!(output.status.success(), "{}", text(&output.stderr));
        ["config.json", "1.json", "2.json", "3.json"]
            .map(|name| std::fs::read_to_string(Path::new(folder).join(name)).expect("written"))
    };
    let first = made();
    assert_eq!(first, made());
    assert!(first[1] != first[2] && first[2] != first[3]);
    for conversation in &first[1..] {
        let conversation: Value = serde_json::from_str(conversation).expect("JSON");
        assert_eq!(conversation["messages"].as_array().map(Vec::len), Some(10));
    }
    let output = program(&["conversations", "/dev/null/folder"], "");
    assert_eq!(output.status.code(), Some(4), "{output:?}");
}

/// A program that is not weft is named, and so is a build of it that cannot be started.
#[test]
fn what_answers_has_to_be_weft() {
    for other in ["cat", "/no/such/program"] {
        let output = program(&["answer", "--weft", other, "-"], INIT);
        assert_eq!(output.status.code(), Some(4), "{other}");
        let said = text(&output.stderr);
        assert!(
            said.starts_with(&format!("clawft-workload: {other}: ")),
            "{said}"
        );
    }
}

/// The corpus that component and core modules are held against has every kind of answer in it.
#[test]
fn the_corpus_has_every_kind_of_answer() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("../clawft-wasm/corpus");
    let mut calls = 0;
    let mut answers = BTreeSet::new();
    for entry in std::fs::read_dir(directory).expect("the corpus") {
        let path = entry.expect("an entry").path();
        let path = path.to_str().expect("UTF-8");
        let output = program(&["answer", path], "");
        assert!(output.status.success(), "{path}: {}", text(&output.stderr));
        assert_eq!(
            output,
            program(&["answer", path], ""),
            "{path} is answered differently a second time"
        );
        calls += text(&std::fs::read(path).expect("read")).lines().count();
        answers.extend(text(&output.stdout).lines().map(str::to_owned));
    }
    assert!(calls >= 200, "{calls} calls");
    let kinds = [
        r#"{"ok":null}"#,
        r#"{"ok":"{\"model\":"#,
        r#"{"ok":"{\"id\":"#,
        "call init first",
        "no model: set model",
        "both system_prompt and system_prompt_file",
        "not ours to read",
        "the system prompt is empty",
        "temperature is not within 0 to 2",
        "max_tokens is 0",
        "two tools have the name",
        "leaves nothing for messages",
        "recursion limit exceeded",
        "number out of range",
        "hex escape",
        "unknown field",
        "duplicate field",
        "trailing characters",
        "EOF while parsing",
        "the message is empty",
        "expected exactly one of messages",
        "the conversation has no messages",
        "there is nothing to answer",
        "of the last exchange has no result",
        "its id was used before",
        "its timestamp is earlier",
        "its content is empty",
        "may hold tool_calls",
        "may hold tool_call_id",
        "needs tool_call_id",
        "two of its tool_calls",
        "no unanswered tool call before it",
        "it comes before the result",
        "the context window has room for",
        "expected exactly one choice",
        "role is not assistant",
        "neither content nor tool calls",
        "within the years 0 to 9999",
        "provider: You exceeded",
        "UUID parsing failed",
        "timestamp \\\"yesterday\\\"",
    ];
    for kind in kinds {
        assert!(
            answers.iter().any(|answer| answer.contains(kind)),
            "no answer has {kind:?}"
        );
    }
}
