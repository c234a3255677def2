//! The program as its users see it: output, diagnostics, exit status.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use clawft_agent::Session;
use clawft_workload::answer::{Agent, Weft, answer};

/// Runs weft with this standard input, in an environment that names neither a model nor a configuration.
fn weft(arguments: &[&str], input: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_weft"))
        .args(arguments)
        .env_clear()
        // where the lines that tests run are counted
        .envs(std::env::vars().filter(|(name, _)| name == "LLVM_PROFILE_FILE"))
        .env("HOME", env!("CARGO_TARGET_TMPDIR"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("weft starts");
    let mut stdin = child.stdin.take().expect("standard input is piped");
    // weft may refuse its arguments and end before it reads: then there is no one to write to.
    let _ = stdin.write_all(input.as_bytes());
    drop(stdin);
    child.wait_with_output().expect("weft ends")
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).expect("UTF-8")
}

/// A test's own directory.
fn directory(name: &str) -> PathBuf {
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::create_dir_all(&directory).expect("a directory");
    directory
}

/// A file in a test's own directory.
fn file(name: &str, contents: &str) -> PathBuf {
    let path = directory(name).join("file");
    std::fs::write(&path, contents).expect("written");
    path
}

const REQUEST: &str =
    r#"{"model":"m","messages":[{"role":"user","content":"Hi"}],"max_tokens":1024}"#;

#[test]
fn what_cannot_be_read_is_named() {
    let output = weft(&["message", "Hi"], "");
    assert_eq!(output.status.code(), Some(3));
    assert!(
        text(&output.stderr).contains("clawft/config.json: No such file"),
        "{output:?}"
    );
    for arguments in [&["send"][..], &["message", "--colour", "Hi"], &[]] {
        let output = weft(arguments, "");
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(output.stdout.is_empty());
    }
}

#[test]
fn a_message_becomes_a_request() {
    let config = file("message", r#"{"model":"m"}"#);
    let config = config.to_str().expect("UTF-8");
    let expected = format!("{REQUEST}\n");
    for (arguments, input) in [
        (&["message", "--config", config, "Hi"][..], ""),
        (&["message", "--config", config, "-"], "Hi"),
        (&["message", "--config", config], "Hi"),
    ] {
        let output = weft(arguments, input);
        assert_eq!(
            text(&output.stdout),
            expected,
            "{arguments:?}: {}",
            text(&output.stderr)
        );
    }
    let output = weft(&["message", "--config", config, "{}"], "");
    assert_eq!(output.status.code(), Some(3));
    assert!(
        text(&output.stderr).starts_with("weft: message: input: expected exactly one of"),
        "{output:?}"
    );
}

#[test]
fn a_prompt_file_lies_beside_its_configuration() {
    let config = file(
        "prompt",
        r#"{"model":"m","system_prompt_file":"prompt.txt"}"#,
    );
    std::fs::write(config.with_file_name("prompt.txt"), "Be brief.").expect("written");
    let output = weft(
        &["message", "--config", config.to_str().expect("UTF-8"), "Hi"],
        "",
    );
    assert!(
        text(&output.stdout).contains(r#"{"role":"system","content":"Be brief."}"#),
        "{output:?}"
    );
}

/// It is the agent: every call of the corpus gets the answer that the agent itself gives.
#[test]
fn the_corpus_is_answered_as_the_agent_answers_it() {
    let answers = |calls: &str, agent: &mut dyn Agent| {
        let mut answers = Vec::new();
        answer(calls, agent, |line| answers.push(line)).expect("answers");
        answers
    };
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../clawft-wasm/corpus");
    for entry in std::fs::read_dir(corpus).expect("the corpus") {
        let path = entry.expect("an entry").path();
        let calls = std::fs::read_to_string(&path).expect("text");
        let mut weft = Weft::new(env!("CARGO_BIN_EXE_weft").into(), directory("corpus"));
        assert_eq!(
            answers(&calls, &mut weft),
            answers(&calls, &mut Session::new()),
            "{}",
            path.display()
        );
    }
}

/// A program that answers what is not weft's to answer is no agent.
#[test]
fn a_program_that_is_not_weft_is_named() {
    for (program, problem) in [
        ("cat", "exit status: 1"),
        ("no-such-program", "No such file"),
    ] {
        let mut other = Weft::new(program.into(), directory("other"));
        let failure = other.init("{}").expect_err(program);
        let failure = format!("{failure:?}");
        assert!(
            failure.contains(program) && failure.contains(problem),
            "{failure}"
        );
    }
}
