//! The recorded baseline: what was planted into a measurement has to be found, and nothing else.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::support::{self, AFTER, BEFORE, Function, inputs, json_of, program, wasm_gauge};

const OTHER_TOOLS: &str = "{\"columns\": [{\"tools\": {\"gzip\": \"1.2\", \"rustc\": \"1.0\"}, \"thresholds\": {}, \"variants\": {}}]}";

/// Measures what ships as `optimized`, made by `rustc`, into `report`.
fn measure(folder: &Path, optimized: &str, rustc: &str, report: &str) {
    for (from, to) in [("307500.wasm", "app.wasm"), (optimized, "app.opt.wasm")] {
        fs::copy(folder.join(from), folder.join(to)).expect("the folder is ours");
    }
    run_measure(folder, rustc, report, &["app.opt.wasm"]);
}

/// Measures a program that ships as `shipped`, with the names of `named`, into `report`.
fn measure_named(folder: &Path, shipped: &[Function], named: &[Function], report: &str) {
    fs::copy(folder.join("307500.wasm"), folder.join("app.wasm")).expect("the folder is ours");
    for (name, functions, names) in [
        ("app.opt.wasm", shipped, false),
        ("app.opt.names.wasm", named, true),
    ] {
        let bytes = program(functions, "0123456789", names);
        fs::write(folder.join(name), bytes).expect("the folder is ours");
    }
    let files = ["--names", "app.opt.names.wasm", "app.opt.wasm"];
    run_measure(folder, "1.93.1", report, &files);
}

fn run_measure(folder: &Path, rustc: &str, report: &str, files: &[&str]) {
    let rustc = format!("rustc={rustc}");
    let args = [
        "measure",
        "--format",
        "json",
        "-o",
        report,
        "--tool",
        &rustc,
        "--unoptimized",
        "app.wasm",
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

    // (which binary, field, change), exit status without and with --strict, what is said
    for (planted, (status, strict), said) in [
        (None, (0, 0), "1 variants are as recorded"),
        (
            Some(("optimized", "raw_bytes", 1)),
            (1, 1),
            "FAILS: plain: optimized raw_bytes is 292,001, 1 more than the recorded 292,000",
        ),
        (
            Some(("unoptimized", "raw_bytes", 1)),
            (1, 1),
            "FAILS: plain: unoptimized raw_bytes is 307,501, 1 more than the recorded 307,500",
        ),
        (
            Some(("optimized", "gzip_bytes", 1)),
            (1, 1),
            "1 more than the recorded 333, and [baseline] compressed-tolerance is 0.00 %",
        ),
        (
            Some(("optimized", "brotli_bytes", 1)),
            (1, 1),
            "optimized brotli_bytes",
        ),
        (
            Some(("optimized", "gzip_bytes", -1)),
            (0, 1),
            "which is not recorded yet",
        ),
        (
            Some(("optimized", "code_bytes", 1)),
            (1, 1),
            "optimized code_bytes",
        ),
        (
            Some(("optimized", "data_bytes", 1)),
            (1, 1),
            "optimized data_bytes",
        ),
        (
            Some(("optimized", "custom_bytes", 1)),
            (1, 1),
            "optimized custom_bytes",
        ),
        (
            Some(("optimized", "initial_pages", 1)),
            (1, 1),
            "optimized initial_pages is 1, 1 more than the recorded 0, and [baseline] tolerance is 0 B",
        ),
        (
            Some(("optimized", "functions", 1)),
            (0, 0),
            "note: plain: optimized functions is 1, 1 more than the recorded 0",
        ),
        (
            Some(("optimized", "raw_bytes", -1)),
            (0, 1),
            "plain: optimized raw_bytes is 291,999, 1 less than the recorded 292,000, which is not recorded yet",
        ),
    ] {
        let mut changed = report.clone();
        if let Some((file, field, change)) = planted {
            let figure = &mut changed[file][field];
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
    changed["optimized"]["sha256"] = json!("0".repeat(64));
    fs::write(folder.join("plain.json"), changed.to_string()).expect("the folder is ours");
    let (code, text) = baseline(folder, &["check", "--strict"], &reports);
    assert_eq!(code, Some(0), "{text}");
    assert!(
        text.contains("note: plain: optimized has other bytes than recorded"),
        "{text}"
    );

    // A tolerance is inclusive; 1 % of 333 are 3.33.
    let policy = fs::read_to_string(folder.join("gauge.toml")).expect("it is there");
    let policy =
        format!("{policy}\n[baseline]\ntolerance = \"2 B\"\ncompressed-tolerance = \"1 %\"\n");
    fs::write(folder.join("gauge.toml"), policy).expect("the folder is ours");
    for (figure, change, status, strict) in [
        ("raw_bytes", 2, 0, 0),
        ("raw_bytes", 3, 1, 1),
        ("raw_bytes", -1, 0, 1),
        ("gzip_bytes", 3, 0, 0),
        ("gzip_bytes", 4, 1, 1),
        ("gzip_bytes", -3, 0, 0),
        ("gzip_bytes", -4, 0, 1),
    ] {
        let mut changed = report.clone();
        let value = &mut changed["optimized"][figure];
        *value = json!(value.as_i64().expect("it is a number") + change);
        fs::write(folder.join("plain.json"), changed.to_string()).expect("the folder is ours");
        for (args, status) in [(&["check"][..], status), (&["check", "--strict"], strict)] {
            let (code, text) = baseline(folder, args, &reports);
            assert_eq!(code, Some(status), "{figure} {change} {args:?}: {text}");
        }
    }
}

#[test]
fn what_grew_is_named() {
    let folder = inputs();
    let folder = folder.path();
    let reports = ["plain=plain.json"];
    measure_named(folder, &BEFORE, &BEFORE, "plain.json");
    assert_eq!(baseline(folder, &["update"], &reports).0, Some(0));
    let recorded = json_of(folder, "baseline.json");
    let plain = &recorded["columns"][0]["variants"]["plain"];
    assert_eq!(
        plain["contents"],
        json!({
            "crates": {"(data segments)": 15, "(headers)": 8, "(other sections)": 26, "core": 41, "demo": 1157},
            // 300 and 200 bytes of `demo::write` with their lengths are fewer than 512.
            "functions": {"demo::parse": 602},
        })
    );
    assert!(plain["optimized"].get("contents").is_none());
    // The same code, other hashes and suffixes: nothing to say.
    let (code, said) = baseline(folder, &["check", "--strict"], &reports);
    assert_eq!(code, Some(0), "{said}");
    assert!(!said.contains("grew"), "{said}");

    let planted = [&BEFORE[..], &[("_RNvCs1_6malice3pad", 2_110)]].concat();
    for (functions, status, said) in [
        (
            &planted[..],
            1,
            "
plain: what grew in the optimized binary
crates that grew most
new crate malice: 2,112 B
(other sections): 1 B more than the recorded 26 B

functions that grew most
function malice::pad: 2,112 B, new or at most 511 B before

5 changes in 1 variants",
        ),
        (
            &AFTER,
            1,
            "
crates that grew most
new crate fresh: 2,524 B
demo: 498 B more than the recorded 1,157 B

functions that grew most
function fresh::encode: 2,002 B, new or at most 511 B before
demo::parse: 600 B more than the recorded 602 B
function fresh::decode: 522 B, new or at most 511 B before
",
        ),
        (&BEFORE[1..], 0, "602 less than"),
    ] {
        measure_named(folder, functions, functions, "plain.json");
        let (code, text) = baseline(folder, &["check"], &reports);
        assert_eq!(code, Some(status), "{text}");
        assert!(text.contains(said), "{text}");
        assert_eq!(text.contains("grew"), status == 1, "{text}");
    }

    // Of twelve that grew, the ten that grew most, in this order.
    let twelve: Vec<Function> = (0..12)
        .map(|index| {
            let symbol: &str = format!("_RNvCs1_4many2f{}", char::from(b'a' + index)).leak();
            (symbol, 600 + 10 * usize::from(index))
        })
        .collect();
    measure_named(folder, &twelve, &twelve, "plain.json");
    let (_, said) = baseline(folder, &["check"], &reports);
    let listed: Vec<_> = said
        .lines()
        .filter_map(|line| line.strip_prefix("function many::"))
        .filter_map(|line| line.split_once(':'))
        .map(|(name, _)| name)
        .collect();
    assert_eq!(
        listed,
        ["fl", "fk", "fj", "fi", "fh", "fg", "ff", "fe", "fd", "fc"]
    );

    // Names explain and are not judged: without them, growth is found all the same.
    measure_named(folder, &AFTER, &AFTER, "named.json");
    let compare = ["compare", "--format", "json", "plain=named.json"];
    let compared = wasm_gauge().current_dir(folder).args(compare).output();
    let compared = compared.expect("the tool starts");
    assert!(compared.status.success());
    assert!(!String::from_utf8_lossy(&compared.stdout).contains("contents"));
    run_measure(folder, "1.93.1", "plain.json", &["app.opt.wasm"]);
    let (code, said) = baseline(folder, &["check"], &reports);
    assert_eq!(code, Some(1), "{said}");
    let unknown = "plain: what grew is not known: the measurements hold no names: ";
    assert!(said.contains(unknown), "{said}");
    measure_named(folder, &BEFORE, &BEFORE, "plain.json");
    run_measure(folder, "1.93.1", "plain.json", &["app.opt.wasm"]);
    assert_eq!(baseline(folder, &["update"], &reports).0, Some(0));
    let (code, said) = baseline(folder, &["check"], &["plain=named.json"]);
    assert_eq!(code, Some(1), "{said}");
    let unknown = "plain: what grew is not known: the record has no crates and functions: ";
    assert!(said.contains(unknown), "{said}");
}

#[test]
fn only_what_the_same_tools_of_a_backend_made_is_compared() {
    let folder = inputs();
    let folder = folder.path();
    measure(folder, "292000.wasm", "1.93.1", "plain.json");
    let mut report = json_of(folder, "plain.json");
    let tools = report["tools"].to_string();
    let column = format!(
        "{{\"backend\": \"nix\", \"tools\": {tools}, \"thresholds\": {{}}, \"variants\": {{}}}}"
    );
    let check = |strict: &[&str]| {
        baseline(
            folder,
            &[&["check"], strict].concat(),
            &["plain=plain.json"],
        )
    };
    let gone = "the record of nix is of other tools: rustc 1.93.1 is now 1.94.0; ";
    for (backend, rustc, columns, status, strict, said) in [
        // No column at all, and none of this backend.
        (
            Some("nix"),
            "1.93.1",
            "",
            0,
            0,
            "\nnot compared: there is no record of nix, and the budget alone was held; ",
        ),
        (
            Some("debian"),
            "1.93.1",
            &*column,
            0,
            0,
            "\nnot compared: there is no record of debian, ",
        ),
        (
            None,
            "1.93.1",
            &column,
            0,
            0,
            "\nnot compared: there is no record, ",
        ),
        // One of this backend, of other tools.
        (Some("nix"), "1.94.0", &column, 0, 1, gone),
        // The same tools: the record is behind.
        (Some("nix"), "1.93.1", &column, 0, 1, "plain: has no record"),
    ] {
        report["backend"] = json!(backend);
        report["tools"]["rustc"] = json!(rustc);
        fs::write(folder.join("plain.json"), report.to_string()).expect("the folder is ours");
        let text = format!("{{\"columns\": [{columns}]}}");
        fs::write(folder.join("baseline.json"), text).expect("the folder is ours");
        for (options, expected) in [(&[][..], status), (&["--strict"], strict)] {
            let (code, text) = check(options);
            assert_eq!(code, Some(expected), "{text}");
            assert!(text.contains(said), "{text}");
            assert_eq!(text.contains("FAILS"), expected == 1, "{text}");
        }
    }

    // The budget holds whatever is recorded.
    fs::write(folder.join("baseline.json"), OTHER_TOOLS).expect("the folder is ours");
    measure(folder, "307201.wasm", "1.93.1", "plain.json");
    let (code, text) = check(&[]);
    assert_eq!(code, Some(1), "{text}");
    let over = "optimized is 307,201 B, 1 B over its limit";
    assert!(text.contains(over), "{text}");
    assert!(
        text.contains("warning: not compared: the record is of other tools: gzip 1.2 is now "),
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

    // Other tools: what they made takes the place of all that the others made.
    measure(folder, "292000.wasm", "1.80.0", "plain.json");
    update(&["plain=plain.json"]);
    let columns = |text: &str| {
        let columns: Value = serde_json::from_str(text).expect("it is JSON");
        columns["columns"].as_array().expect("it is a list").clone()
    };
    let third = columns(&text());
    assert_eq!(third.len(), 1);
    assert_eq!(third[0]["tools"]["rustc"], "1.80.0");
    assert!(third[0]["variants"]["other"].is_null());

    // Another backend: a column more, behind this one, which stays.
    let report = fs::read_to_string(folder.join("plain.json")).expect("it is there");
    let of_debian = report.replacen('{', "{\"backend\": \"debian\",", 1);
    fs::write(folder.join("plain.json"), of_debian).expect("the folder is ours");
    update(&["plain=plain.json"]);
    let fourth = columns(&text());
    assert_eq!((fourth.len(), &fourth[0]), (2, &third[0]));
    assert_eq!(fourth[1]["backend"], "debian");
}

#[test]
fn what_is_no_baseline_or_no_report_is_named_with_its_place() {
    let folder = inputs();
    let folder = folder.path();
    measure(folder, "292000.wasm", "1.93.1", "plain.json");
    measure(folder, "292000.wasm", "1.80.0", "older.json");
    fs::write(folder.join("empty.json"), r#"{"tools": {"rustc": "1"}}"#)
        .expect("the folder is ours");
    let toolless = wasm_gauge()
        .current_dir(folder)
        .args(["measure", "--json", "toolless.json", "app.opt.wasm"])
        .status();
    assert!(toolless.expect("the tool starts").success());
    for (reports, status, said) in [
        (&["plain=none.json"][..], 3, "none.json: No such file"),
        (
            &["plain=gauge.toml"],
            3,
            "gauge.toml:1:1: not measurements of `wasm-gauge measure`: ",
        ),
        (
            &["plain=empty.json"],
            3,
            "empty.json:1:25: not measurements of `wasm-gauge measure`: missing field `optimized`",
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
            "baseline.json:2:10: not a baseline of `wasm-gauge baseline update`: unknown field `colums`, expected `columns`",
        ),
        (
            "{\n",
            "baseline.json:2:0: not a baseline of `wasm-gauge baseline update`: EOF while parsing an object",
        ),
        (
            unsorted.as_str(),
            "the columns and are of one backend or out of order",
        ),
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

#[test]
fn workloads_are_held_where_they_were_measured() {
    let folder = inputs();
    let folder = folder.path();
    let bench = |variant: &str, program: &str, file: &str, status: i32| {
        let arguments = format!(
            "bench --no-time --format json -o {file} --workload work=work.jsonl --workload name=name.jsonl \
             --stats stats --traced {variant}={program} {variant}=worker.wasm"
        );
        let made = wasm_gauge()
            .current_dir(folder)
            .args(arguments.split(' '))
            .status();
        assert_eq!(made.expect("the tool starts").code(), Some(status));
    };
    measure(folder, "292000.wasm", "1.93.1", "plain.json");
    let reports = ["plain=plain.json"];
    let (with, without) = (["--bench", "bench.json"], []);
    let run =
        |action: &[&str], bench: &[&str]| baseline(folder, &[action, bench].concat(), &reports);
    bench("plain", "worker.wasm", "bench.json", 0);
    let (code, said) = run(&["update"], &with);
    assert_eq!(code, Some(0), "{said}");
    let text = || fs::read_to_string(folder.join("baseline.json")).expect("it was written");
    let recorded = text();
    let workloads =
        serde_json::from_str::<Value>(&recorded).expect("it is JSON")["columns"][0]["variants"]["plain"]["workloads"].clone();
    assert_eq!(
        workloads["work"],
        json!({"fuel": 1256, "pages": 4, "waste_basis_points": 345})
    );

    // Recording sizes alone leaves them, which is a warning where they are not measured.
    assert_eq!(run(&["update"], &without).0, Some(0));
    assert_eq!(text(), recorded);
    for (args, status) in [(&["check"][..], 0), (&["check", "--strict"], 1)] {
        let (code, said) = run(args, &without);
        assert_eq!(code, Some(status), "{said}");
        let missing = "plain: workload work is recorded, but was not measured";
        assert!(said.contains(missing), "{said}");
    }

    let measured = fs::read_to_string(folder.join("bench.json")).expect("it was written");
    let measured: Value = serde_json::from_str(&measured).expect("it is JSON");
    // (figure of the workload `work`, its value), tolerance of fuel, exit status without and with
    // --strict, what is said
    for (planted, tolerance, (status, strict), said) in [
        (None, None, (0, 0), "1 variants are as recorded"),
        (
            Some(("fuel", json!(1257))),
            None,
            (1, 1),
            "FAILS: plain: workload work fuel is 1,257, 1 more than the recorded 1,256, and [baseline] fuel-tolerance is 0.00 %",
        ),
        // 0.5 % of 1,256 are 6.28.
        (
            Some(("fuel", json!(1262))),
            Some("0.5 %"),
            (0, 0),
            "note: plain: workload work fuel is 1,262, 6 more than the recorded 1,256, which is allowed",
        ),
        (
            Some(("fuel", json!(1263))),
            Some("0.5 %"),
            (1, 1),
            "7 more than the recorded 1,256, and [baseline] fuel-tolerance is 0.50 %",
        ),
        (
            Some(("fuel", json!(1255))),
            None,
            (0, 1),
            "workload work fuel is 1,255, 1 less than the recorded 1,256, which is not recorded yet",
        ),
        (
            Some(("pages", json!(5))),
            Some("100 %"),
            (1, 1),
            "FAILS: plain: workload work pages is 5, 1 more than the recorded 4, which is not allowed",
        ),
        (
            Some(("waste_basis_points", json!(346))),
            Some("100 %"),
            (1, 1),
            "FAILS: plain: workload work waste_basis_points is 346, 1 more than the recorded 345, which is not allowed",
        ),
        (
            Some(("waste_basis_points", Value::Null)),
            None,
            (0, 1),
            "plain: workload work waste_basis_points is recorded, but was not measured",
        ),
        // It explains the waste, and is not recorded.
        (
            Some(("heap_bytes", json!(4_000))),
            None,
            (0, 0),
            "1 variants are as recorded",
        ),
    ] {
        let mut changed = measured.clone();
        if let Some((figure, value)) = &planted {
            changed["workloads"][0]["variants"][0]["figures"][figure] = value.clone();
        }
        fs::write(folder.join("bench.json"), changed.to_string()).expect("the folder is ours");
        let policy = fs::read_to_string(Path::new(support::FIXTURES).join("gauge.toml"))
            .expect("the fixture is there");
        let rule = tolerance.map(|share| format!("\n[baseline]\nfuel-tolerance = \"{share}\"\n"));
        let policy = policy + &rule.unwrap_or_default();
        fs::write(folder.join("gauge.toml"), policy).expect("the folder is ours");
        for (args, status) in [(&["check"][..], status), (&["check", "--strict"], strict)] {
            let (code, text) = run(args, &with);
            assert_eq!(code, Some(status), "{planted:?} {args:?}: {text}");
            assert!(text.contains(said), "{planted:?} {args:?}: {text}");
        }
    }

    // A workload more, one less.
    let mut changed = measured.clone();
    changed["workloads"][0]["workload"] = json!("other");
    fs::write(folder.join("bench.json"), changed.to_string()).expect("the folder is ours");
    let (code, said) = run(&["check"], &with);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("workload work is recorded, but"), "{said}");
    assert!(said.contains("workload other has no record"), "{said}");

    // What is no measurement of these variants is not recorded.
    bench("plain", "renamed.wasm", "unequal.json", 1);
    bench("other", "worker.wasm", "other.json", 0);
    for (file, status, said) in [
        (
            "unequal.json",
            3,
            "unequal.json: its variants do not reply alike: name: name.jsonl:2: ",
        ),
        (
            "other.json",
            2,
            "there are no measurements of `other`, which other.json has: give its NAME=FILE",
        ),
        (
            "plain.json",
            3,
            "plain.json:2:9: not a result of `wasm-gauge bench`: ",
        ),
        ("none.json", 3, "none.json: No such file"),
    ] {
        for action in ["check", "update"] {
            let (code, text) = run(&[action], &["--bench", file]);
            assert_eq!(code, Some(status), "{text}");
            assert!(text.contains(said), "{text}");
        }
        assert_eq!(text(), recorded, "{file}");
    }
}
