//! The recorded baseline: what was planted into a measurement has to be found, and nothing else.

mod support;

use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use support::{inputs, wasm_gauge};

const OTHER_TOOLS: &str = "{\"columns\": [{\"tools\": {\"gzip\": \"1.2\", \"rustc\": \"1.0\"}, \"thresholds\": {}, \"variants\": {}}]}";

/// Measures what ships as `optimized`, made by `rustc`, into `report`.
fn measure(folder: &Path, optimized: &str, rustc: &str, report: &str) {
    for (from, to) in [("307500.wasm", "app.wasm"), (optimized, "app.opt.wasm")] {
        fs::copy(folder.join(from), folder.join(to)).expect("the folder is ours");
    }
    let rustc = format!("rustc={rustc}");
    let files = ["app.wasm", "app.opt.wasm"];
    let args = [
        "measure", "--format", "json", "-o", report, "--tool", &rustc,
    ];
    let measured = wasm_gauge()
        .current_dir(folder)
        .args(args)
        .args(files)
        .status();
    assert!(measured.expect("the tool starts").success());
}

/// Exit status and everything said by `wasm-gauge baseline ARGS --policy gauge.toml REPORTS`.
fn baseline(folder: &Path, args: &[&str], reports: &[&str]) -> (Option<i32>, String) {
    let output = wasm_gauge()
        .current_dir(folder)
        .arg("baseline")
        .args(args)
        .args(["--policy", "gauge.toml"])
        .args(reports)
        .output()
        .expect("the tool starts");
    let said = [output.stdout, output.stderr].concat();
    (
        output.status.code(),
        String::from_utf8(said).expect("the tool writes UTF-8"),
    )
}

#[test]
fn what_was_planted_is_found() {
    let folder = inputs();
    let folder = folder.path();
    measure(folder, "292000.wasm", "1.93.1", "plain.json");
    let reports = ["plain=plain.json"];
    assert_eq!(
        baseline(folder, &["update"], &reports),
        (Some(0), "baseline.json: recorded plain\n".to_owned())
    );
    let report = fs::read_to_string(folder.join("plain.json")).expect("it was written");
    let report: Value = serde_json::from_str(&report).expect("it is JSON");

    // (which file, field, change), exit status without and with --strict, what is said
    for (planted, (status, strict), said) in [
        (None, (0, 0), "1 variants are as recorded"),
        (
            Some((1, "raw_bytes", 1)),
            (1, 1),
            "FAILS: plain: optimized raw_bytes is 292,001, 1 more than the recorded 292,000",
        ),
        (
            Some((0, "raw_bytes", 1)),
            (1, 1),
            "FAILS: plain: component raw_bytes is 307,501, 1 more than the recorded 307,500",
        ),
        (Some((1, "gzip_bytes", 1)), (1, 1), "optimized gzip_bytes"),
        (
            Some((1, "brotli_bytes", 1)),
            (1, 1),
            "optimized brotli_bytes",
        ),
        (Some((1, "code_bytes", 1)), (1, 1), "optimized code_bytes"),
        (Some((1, "data_bytes", 1)), (1, 1), "optimized data_bytes"),
        (
            Some((1, "custom_bytes", 1)),
            (1, 1),
            "optimized custom_bytes",
        ),
        (
            Some((1, "initial_pages", 1)),
            (1, 1),
            "optimized initial_pages is 1, 1 more than the recorded 0, and [baseline] tolerance is 0 B",
        ),
        (
            Some((1, "functions", 1)),
            (0, 0),
            "note: plain: optimized functions is 1, 1 more than the recorded 0",
        ),
        (
            Some((1, "raw_bytes", -1)),
            (0, 1),
            "plain: optimized raw_bytes is 291,999, 1 less than the recorded 292,000, which is not recorded yet",
        ),
    ] {
        let mut changed = report.clone();
        if let Some((file, field, change)) = planted {
            let figure = &mut changed["files"][file][field];
            *figure = json!(figure.as_i64().expect("it is a number") + change);
        }
        fs::write(folder.join("plain.json"), changed.to_string()).expect("the folder is ours");
        for (args, status) in [(&["check"][..], status), (&["check", "--strict"], strict)] {
            let (code, text) = baseline(folder, args, &reports);
            assert_eq!(code, Some(status), "{planted:?} {args:?}: {text}");
            assert!(text.contains(said), "{planted:?} {args:?}: {text}");
        }
    }

    // Equal figures, other bytes.
    let mut changed = report.clone();
    changed["files"][1]["sha256"] = json!("0".repeat(64));
    fs::write(folder.join("plain.json"), changed.to_string()).expect("the folder is ours");
    let (code, text) = baseline(folder, &["check", "--strict"], &reports);
    assert_eq!(code, Some(0), "{text}");
    assert!(
        text.contains("note: plain: optimized has other bytes than recorded"),
        "{text}"
    );

    // A tolerance is inclusive.
    let policy = fs::read_to_string(folder.join("gauge.toml")).expect("it is there");
    let policy = format!("{policy}\n[baseline]\ntolerance = \"2 B\"\n");
    fs::write(folder.join("gauge.toml"), policy).expect("the folder is ours");
    for (growth, status) in [(2, 0), (3, 1)] {
        let mut changed = report.clone();
        changed["files"][1]["raw_bytes"] = json!(292_000 + growth);
        fs::write(folder.join("plain.json"), changed.to_string()).expect("the folder is ours");
        let (code, text) = baseline(folder, &["check", "--strict"], &reports);
        assert_eq!(code, Some(status), "{text}");
    }
}

#[test]
fn other_tools_are_not_compared_but_the_budget_holds() {
    let folder = inputs();
    let folder = folder.path();
    fs::write(folder.join("baseline.json"), OTHER_TOOLS).expect("the folder is ours");
    measure(folder, "292000.wasm", "1.93.1", "plain.json");
    let (code, text) = baseline(folder, &["check"], &["plain=plain.json"]);
    assert_eq!(code, Some(0), "{text}");
    assert!(
        text.contains("\nnot compared: no baseline for gzip "),
        "{text}"
    );
    assert!(text.contains(", rustc 1.93.1; "), "{text}");
    let (code, text) = baseline(folder, &["check", "--strict"], &["plain=plain.json"]);
    assert_eq!(code, Some(1), "{text}");
    assert!(text.contains("FAILS: not compared: "), "{text}");

    measure(folder, "307201.wasm", "1.93.1", "plain.json");
    let (code, text) = baseline(folder, &["check"], &["plain=plain.json"]);
    assert_eq!(code, Some(1), "{text}");
    assert!(
        text.contains("optimized is 307,201 B, 1 B over its limit"),
        "{text}"
    );
}

#[test]
fn an_update_changes_what_changed_and_nothing_else() {
    let folder = inputs();
    let folder = folder.path();
    let text = || fs::read_to_string(folder.join("baseline.json")).expect("it was written");
    let update = |reports: &[&str]| {
        let (code, said) = baseline(folder, &["update"], reports);
        assert_eq!(code, Some(0), "{said}");
    };
    measure(folder, "292000.wasm", "1.93.1", "plain.json");
    measure(folder, "307200.wasm", "1.93.1", "other.json");
    update(&["plain=plain.json", "other=other.json"]);
    let first = text();
    let column = &serde_json::from_str::<Value>(&first).expect("it is JSON")["columns"][0];
    assert_eq!(column["wasm_size_kb"], json!(285.2));
    assert_eq!(
        column["thresholds"],
        json!({"wasm_max_size_kb": 300, "wasm_max_gzip_kb": 120})
    );
    let place = |key: &str| first.find(key).expect(key);
    assert!(place("\"brotli_bytes\"") < place("\"code_bytes\""));
    assert!(place("\"thresholds\"") < place("\"tools\""));

    // One variant alone: the other stays. The same again: the same bytes.
    update(&["plain=plain.json"]);
    assert_eq!(text(), first);
    measure(folder, "307201.wasm", "1.93.1", "other.json");
    update(&["other=other.json"]);
    let second = text();
    let changed = first
        .lines()
        .zip(second.lines())
        .filter(|(old, new)| old != new);
    let changed: Vec<_> = changed.map(|(_, new)| new.trim()).collect();
    let fields = ["custom_bytes", "raw_bytes", "sha256"];
    assert_eq!(first.lines().count(), second.lines().count());
    assert!(
        changed
            .iter()
            .all(|line| fields.iter().any(|field| line.contains(field))),
        "{changed:?}"
    );

    // Another toolchain: a column more, before or behind this one.
    measure(folder, "292000.wasm", "1.80.0", "plain.json");
    update(&["plain=plain.json"]);
    let third = text();
    let column =
        |text: &str| serde_json::from_str::<Value>(text).expect("it is JSON")["columns"].clone();
    assert_eq!(column(&third)[1], column(&second)[0]);
    assert_eq!(column(&third)[0]["tools"]["rustc"], "1.80.0");
}

#[test]
fn what_is_no_baseline_or_no_report_is_named_with_its_place() {
    let folder = inputs();
    let folder = folder.path();
    measure(folder, "292000.wasm", "1.93.1", "plain.json");
    measure(folder, "292000.wasm", "1.80.0", "older.json");
    fs::write(
        folder.join("empty.json"),
        r#"{"tools": {"rustc": "1"}, "files": []}"#,
    )
    .expect("the folder is ours");
    fs::write(
        folder.join("toolless.json"),
        r#"{"tools": {"gzip": "1"}, "files": []}"#,
    )
    .expect("the folder is ours");
    for (reports, status, said) in [
        (&["plain=none.json"][..], 3, "none.json: No such file"),
        (
            &["plain=gauge.toml"],
            3,
            "gauge.toml: no report of `wasm-gauge measure`: ",
        ),
        (
            &["plain=empty.json"],
            3,
            "empty.json: has to hold one file that is called *.opt.wasm",
        ),
        (
            &["plain=toolless.json"],
            3,
            "toolless.json: names no tool that made the files",
        ),
        (
            &["plain=plain.json", "other=older.json"],
            3,
            "older.json: made by gzip ",
        ),
        (
            &["plain=plain.json", "plain=plain.json"],
            2,
            "`plain` is given twice",
        ),
        (
            &["plane=plain.json"],
            2,
            "no variant `plane`: [variants] has `other`, `plain`",
        ),
        (&["plain"], 2, "write NAME=FILE"),
    ] {
        let (code, text) = baseline(folder, &["update"], reports);
        assert_eq!(code, Some(status), "{text}");
        assert!(text.contains(said), "{text}");
        assert!(!folder.join("baseline.json").exists(), "{reports:?}");
    }
    let unsorted = OTHER_TOOLS.replace(
        "}]}",
        "}, {\"tools\": {}, \"thresholds\": {}, \"variants\": {}}]}",
    );
    for (content, said) in [
        (
            "{\n  \"colums\": []\n}",
            "baseline.json:2:10: unknown field `colums`, expected `columns`",
        ),
        ("{\n", "baseline.json:2:0: EOF while parsing an object"),
        (unsorted.as_str(), "are the same or out of order"),
    ] {
        fs::write(folder.join("baseline.json"), content).expect("the folder is ours");
        for action in ["check", "update"] {
            let (code, text) = baseline(folder, &[action], &["plain=plain.json"]);
            assert_eq!(code, Some(2), "{text}");
            assert!(text.contains(said), "{text}");
        }
        let after = fs::read_to_string(folder.join("baseline.json")).expect("it is there");
        assert_eq!(after, content);
    }
}
