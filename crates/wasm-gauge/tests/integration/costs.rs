//! What is not the same each time: instructions under callgrind and processes of wasmtime, with programs that stand in
//! for both, and the record of costs, which nothing is judged by.

use std::env;
use std::fs::{self, File};
use std::path::Path;
use std::process::Stdio;

use serde_json::{Value, json};

use crate::support::{inputs, script, wasm_gauge};

/// Exit status, standard output and standard error of `wasm-gauge ARGUMENTS`.
fn run(folder: &Path, arguments: &str) -> (Option<i32>, String, String) {
    let output = wasm_gauge()
        .current_dir(folder)
        .args(arguments.split_whitespace())
        .output()
        .expect("the tool starts");
    let text = |bytes| String::from_utf8(bytes).expect("the tool writes UTF-8");
    (
        output.status.code(),
        text(output.stdout),
        text(output.stderr),
    )
}

/// Standard output of `wasm-gauge ARGUMENTS`, which has to hold.
fn held(folder: &Path, arguments: &str) -> String {
    let (status, stdout, stderr) = run(folder, arguments);
    assert_eq!((status, stderr.as_str()), (Some(0), ""), "{arguments}");
    stdout
}

fn parse(json: &str) -> Value {
    serde_json::from_str(json).expect("it is JSON")
}

/// A callgrind that runs what it is given, and counts 1,000 for an instance and 7 for the measured calls on one.
const CALLGRIND: &str = r#"[ "$1" = --version ] && echo valgrind-0 && exit
out=${2#--callgrind-out-file=}
shift 2
"$@" || exit
printf 'events: Ir\nsummary: %d\n' $(($4 * 1000 + $6 * 7)) > "$out""#;

const BENCH: &str = "bench --no-time --valgrind ./valgrind --workload work=work.jsonl \
    --workload name=name.jsonl --instructions work";

#[cfg(target_arch = "x86_64")]
#[test]
fn instructions_are_those_of_the_measured_calls() {
    let folder = inputs();
    script(folder.path(), "valgrind", CALLGRIND);
    for variants in [
        "worker=worker.wasm slower=slower.wasm",
        "worker=worker.core.wasm",
    ] {
        let told = held(folder.path(), &format!("{BENCH} --format json {variants}"));
        let workloads = parse(&told);
        for (index, expected) in [(0, json!(7)), (1, Value::Null)] {
            let rows = &workloads["workloads"][index]["variants"];
            for row in rows.as_array().expect("there are variants") {
                assert_eq!(row["instructions"], expected, "{variants}");
            }
        }
    }
    let shown = held(
        folder.path(),
        &format!("{BENCH} worker=worker.wasm slower=slower.wasm"),
    );
    assert!(shown.contains("instruction ratio"), "{shown}");
}

/// Whether `program` is on PATH. Where it is not, that is told: no stand-in knows its options.
fn is_there(program: &str) -> bool {
    let path = env::var_os("PATH").unwrap_or_default();
    let found = env::split_paths(&path).any(|folder| folder.join(program).is_file());
    if !found {
        println!("skipped: there is no {program} on PATH");
    }
    found
}

#[cfg(target_arch = "x86_64")]
#[test]
fn the_real_valgrind_counts() {
    if !is_there("valgrind") {
        return;
    }
    let folder = inputs();
    let bench = BENCH.replace(" --valgrind ./valgrind", "");
    let told = held(
        folder.path(),
        &format!("{bench} --format json worker=worker.wasm"),
    );
    let outcome = &parse(&told)["workloads"][0];
    let counted = outcome["variants"][0]["instructions"].as_u64();
    // A loop of 100 rounds, each of two instructions at least.
    let least = outcome["calls"].as_u64().map(|calls| 200 * calls);
    assert!(least > Some(0) && counted > least, "{outcome}");
}

#[test]
fn the_real_wasmtime_answers() {
    if !is_there("wasmtime") {
        return;
    }
    let folder = inputs();
    let told = held(
        folder.path(),
        &format!("{STARTUP} --wasmtime=wasmtime worker.wasm"),
    );
    let processes = &parse(&told)["processes"];
    for kind in ["floor", "compile", "precompiled"] {
        assert!(processes[kind]["p50_ns"].as_u64() > Some(0), "{kind}");
    }
}

/// Machine code is run as it is: only `bench` can hand it over.
#[test]
fn machine_code_of_others_is_not_run() {
    let folder = inputs();
    let file = || File::open(folder.path().join("worker.wasm")).expect("it is there");
    for stdin in [Stdio::from(file()), Stdio::null(), Stdio::piped()] {
        let output = wasm_gauge()
            .current_dir(folder.path())
            .args(["repeat", "--instances", "1", "--measured", "1"])
            .args(["--calls", "work.jsonl", "worker.wasm"])
            .stdin(stdin)
            .output()
            .expect("the tool starts");
        let said = String::from_utf8_lossy(&output.stderr);
        let expected = "error: this subcommand is for `wasm-gauge bench --instructions`, which hands machine code over\n";
        assert_eq!((output.status.code(), &*said), (Some(2), expected));
    }
}

#[cfg(target_arch = "x86_64")]
#[test]
fn what_callgrind_does_not_count_is_an_error() {
    let folder = inputs();
    for (text, expected) in [
        (
            "echo wasm-opt version 0",
            "`./valgrind --version` says \"wasm-opt version 0\": Valgrind is needed",
        ),
        (
            &CALLGRIND.replace("\"$@\" || exit", "echo no room >&2; exit 9"),
            "failed on worker.wasm (exit status: 9)\nCaused by: no room",
        ),
        (
            &CALLGRIND.replace("events: Ir", "events: Dr"),
            "callgrind's output has no total",
        ),
        (
            &CALLGRIND.replace("> \"$out\"", ""),
            "callgrind's output has no total",
        ),
        (
            &CALLGRIND.replace("+ $6", "- $6"),
            "counts 198600 instructions for 200 repetitions, but 199300 for 100",
        ),
    ] {
        script(folder.path(), "valgrind", text);
        let told = run(folder.path(), &format!("{BENCH} worker=worker.wasm"));
        let error = format!("error: valgrind: {expected}\n");
        assert_eq!(told, (Some(4), String::new(), error), "{text}");
    }
    let missing = BENCH.replace("./valgrind", "./nowhere");
    let told = run(folder.path(), &format!("{missing} worker=worker.wasm"));
    let error = "error: valgrind: not found: install Valgrind, or say where it is\n";
    assert_eq!(told, (Some(4), String::new(), error.to_owned()));
    let other = BENCH.replace("--instructions work", "--instructions play");
    let told = run(folder.path(), &format!("{other} worker=worker.wasm"));
    let error =
        "error: --instructions `play` is not among the workloads: give --workload play=CALLS\n";
    assert_eq!(told, (Some(2), String::new(), error.to_owned()));
}

/// A wasmtime that answers `run` with what stands behind it.
const WASMTIME: &str = r#"case $1 in
--version) echo 'wasmtime 0.0' ;;
compile) cp "$4" "$3" ;;
run) "#;

const STARTUP: &str =
    "startup --format json --repetitions 1 --compilations 1 --processes 2 --calls name.jsonl";

#[test]
fn a_process_that_does_not_answer_has_no_time() {
    let folder = inputs();
    for (answer, expected) in [
        ("echo hello", Ok(())),
        ("echo broken >&2; exit 7", Err("broken")),
        ("echo $$", Err("`echo(\"a\")` is not always answered alike")),
        ("echo", Err("`echo(\"a\")` is not answered")),
    ] {
        script(
            folder.path(),
            "wasmtime",
            &format!("{WASMTIME}{answer} ;; esac"),
        );
        let (status, stdout, stderr) = run(
            folder.path(),
            &format!("{STARTUP} --wasmtime=./wasmtime worker.wasm"),
        );
        match expected {
            Ok(()) => {
                assert_eq!((status, stderr.as_str()), (Some(0), ""));
                let processes = &parse(&stdout)["processes"];
                assert_eq!(processes["version"], "0.0");
                assert_eq!(processes["repetitions"], 2);
                for kind in ["floor", "compile", "precompiled"] {
                    assert!(processes[kind]["p50_ns"].as_u64() > Some(0), "{kind}");
                }
            }
            Err(expected) => {
                assert_eq!((status, stdout.as_str()), (Some(4), ""), "{answer}");
                assert!(stderr.starts_with("error: wasmtime: "), "{stderr}");
                assert!(stderr.ends_with(&format!("{expected}\n")), "{stderr}");
            }
        }
    }
    for (text, expected) in [
        (
            Some("echo valgrind-0"),
            "`./wasmtime --version` says \"valgrind-0\": wasmtime is needed",
        ),
        (None, "not found: install it, or say where it is"),
    ] {
        match text {
            Some(text) => script(folder.path(), "wasmtime", text),
            None => fs::remove_file(folder.path().join("wasmtime")).expect("it is ours"),
        }
        let told = run(
            folder.path(),
            &format!("{STARTUP} --wasmtime=./wasmtime worker.wasm"),
        );
        let error = format!("error: wasmtime: {expected}\n");
        assert_eq!(told, (Some(4), String::new(), error));
    }
}

const REPORTS: &str = "plain=plain.report.json other=other.report.json leaking=leaking.report.json";
const UPDATE: &str = "baseline update --policy decision.toml --bench bench.json";
const CHECK: &str = "baseline check --strict --policy decision.toml --bench bench.json";
const RECORD: &str =
    "baseline costs --policy decision.toml --bench counted.bench.json --startup plain=startup.json";
const COMPARE: &str = "compare --policy decision.toml --recorded";

/// A folder with a baseline, and with something to record.
fn with_baseline() -> tempfile::TempDir {
    let folder = inputs();
    let path = folder.path();
    held(path, &format!("{UPDATE} {REPORTS}"));
    held(
        path,
        "startup --format json -o startup.json --repetitions 2 --compilations 2 --calls calls.jsonl guest.wasm",
    );
    let timed = fs::read_to_string(path.join("timed.bench.json")).expect("it is there");
    let mut counted = parse(&timed);
    for (index, instructions) in [5_000_000, 4_000_000, 2_000_000].into_iter().enumerate() {
        counted["workloads"][0]["variants"][index]["instructions"] = json!(instructions);
    }
    fs::write(path.join("counted.bench.json"), counted.to_string()).expect("the folder is ours");
    let policy = fs::read_to_string(path.join("decision.toml")).expect("it is there");
    let policy = format!("{policy}[startup]\ncold-ms = 1000000\nwarm-ms = 0\n");
    fs::write(path.join("decision.toml"), policy).expect("the folder is ours");
    folder
}

#[test]
fn costs_are_recorded_and_shown_but_never_judged() {
    let folder = with_baseline();
    let path = folder.path();
    let read = || fs::read_to_string(path.join("baseline.json")).expect("it is there");
    let error = "error: baseline.json has no such column with costs: `wasm-gauge baseline costs` adds them\n";
    assert_eq!(
        run(path, COMPARE),
        (Some(2), String::new(), error.to_owned())
    );

    let checked = held(path, &format!("{CHECK} {REPORTS}"));
    let said = held(path, &format!("{RECORD} --machine abacus {REPORTS}"));
    assert_eq!(said, "baseline.json: recorded the costs on abacus\n");
    let recorded = read();
    let column = &parse(&recorded)["columns"][0];
    let plain = &column["costs"]["variants"]["plain"];
    assert_eq!(column["costs"]["machine"], "abacus");
    assert_eq!(plain["workloads"]["mixed"]["instructions"], 5_000_000);
    let starts = plain["startup"]["starts"]
        .as_array()
        .expect("there are ways");
    let cold = starts[0]["p50_ns"].as_u64().expect("it is a time");
    assert_eq!(
        (&starts[0]["compiler"], &starts[0]["start"]),
        (&json!("cranelift"), &json!("cold"))
    );
    let milliseconds = column["wasm_instantiation_ms"]
        .as_f64()
        .expect("it is there");
    assert_eq!((milliseconds * 10.0).round(), cold.div_ceil(100_000) as f64);

    // Neither judged nor lost.
    assert_eq!(held(path, &format!("{CHECK} {REPORTS}")), checked);
    held(path, &format!("{UPDATE} {REPORTS}"));
    assert_eq!(read(), recorded);
    // What is recorded again replaces it, of this machine now.
    held(path, &format!("{RECORD} {REPORTS}"));
    assert_ne!(parse(&read())["columns"][0]["costs"]["machine"], "abacus");
    fs::write(path.join("baseline.json"), &recorded).expect("the folder is ours");

    let shown = held(path, COMPARE);
    assert_eq!(held(path, COMPARE), shown);
    for words in [
        "\noverview\n",
        "recorded ones of abacus.",
        "throughput is by instructions",
        "1000000",
        "99 %",
        "fewer than half",
    ] {
        assert!(
            format!("\n{}", shown.replace(',', "")).contains(words),
            "{words}: {shown}"
        );
    }
    let decision = held(path, &format!("{COMPARE} --show decision"));
    assert!(
        decision.starts_with("decision\n") && shown.contains(&decision),
        "{decision}"
    );
    // 2 / 5, 2 / 4 and 2 / 2 million.
    for (variant, points) in [
        ("plain", "40.00"),
        ("other", "50.00"),
        ("leaking", "100.00"),
    ] {
        let row = decision.lines().find(|line| line.starts_with(variant));
        let cells: Vec<_> = row.expect("it is scored").split_whitespace().collect();
        assert_eq!(cells[2], points, "{variant}");
    }
}

#[test]
fn costs_belong_to_the_binaries_that_the_baseline_has() {
    let folder = with_baseline();
    let path = folder.path();
    let newer = REPORTS.replace("plain.report", "other.report");
    let refused = |arguments: &str, status: i32, expected: &str| {
        let error = format!("error: {expected}\n");
        assert_eq!(
            run(path, arguments),
            (Some(status), String::new(), error),
            "{arguments}"
        );
    };
    refused(
        &format!("{RECORD} {newer}"),
        2,
        "baseline.json: `plain` is not the one that is recorded: run `wasm-gauge baseline update` first",
    );
    refused(
        &format!("{RECORD} plain=plain.report.json"),
        2,
        "`leaking` is not among the measurements: give leaking=FILE",
    );
    refused(
        &format!("{RECORD} --startup nope=startup.json {REPORTS}"),
        2,
        "`nope` is not among the measurements: give nope=FILE",
    );
    refused(
        &format!("{COMPARE} --backend nix"),
        2,
        "baseline.json has no such column with costs: `wasm-gauge baseline costs` adds them",
    );
    let garbled = RECORD.replace("startup.json", "calls.jsonl");
    let (status, _, error) = run(path, &format!("{garbled} {REPORTS}"));
    assert_eq!(status, Some(3), "{error}");
    assert!(
        error.starts_with("error: calls.jsonl:1:30: not a result of `wasm-gauge startup`: "),
        "{error}"
    );

    // Sizes of a newer build, costs of the one before: that is said.
    held(path, &format!("{RECORD} --machine abacus {REPORTS}"));
    assert!(!held(path, COMPARE).contains("earlier build"));
    // So is it where only the build that workloads were run on is another.
    let bench = fs::read_to_string(path.join("bench.json")).expect("it is there");
    let mut other = parse(&bench);
    other["builds"]["other"] = json!("f".repeat(64));
    fs::write(path.join("bench.json"), other.to_string()).expect("the folder is ours");
    held(path, &format!("{UPDATE} {REPORTS}"));
    assert!(held(path, COMPARE).contains("Those of an earlier build: other."));
    fs::write(path.join("bench.json"), bench).expect("the folder is ours");
    held(path, &format!("{UPDATE} {REPORTS}"));
    assert!(!held(path, COMPARE).contains("earlier build"));
    held(path, &format!("{UPDATE} {newer}"));
    assert!(held(path, COMPARE).contains("Those of an earlier build: plain."));

    // Two columns: which one has to be said.
    let text = fs::read_to_string(path.join("baseline.json")).expect("it is there");
    let mut two = parse(&text);
    let mut second = two["columns"][0].clone();
    second["backend"] = json!("nix");
    second["tools"]["rustc"] = json!("1.94.0");
    two["columns"]
        .as_array_mut()
        .expect("it is a list")
        .push(second);
    fs::write(path.join("baseline.json"), two.to_string()).expect("the folder is ours");
    refused(
        COMPARE,
        2,
        "baseline.json has 2 such columns with costs: give --backend NAME",
    );
    assert!(held(path, &format!("{COMPARE} --backend nix")).contains("rustc 1.94.0"));
}
