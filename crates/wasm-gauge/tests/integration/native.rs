//! Native programs: what their bytes are, what is no program, and what running them comes to.

use std::fs;
use std::path::Path;
#[cfg(target_os = "linux")]
use std::path::PathBuf;
#[cfg(target_os = "linux")]
use std::process::Command;
use std::process::Output;

use serde_json::Value;

use crate::support::{elf, inputs, wasm_gauge};

fn native(folder: &Path, arguments: &[&str]) -> Output {
    let output = wasm_gauge()
        .current_dir(folder)
        .arg("native")
        .args(arguments)
        .output();
    output.expect("the tool starts")
}

fn json(output: &Output) -> Value {
    let said = String::from_utf8_lossy(&output.stderr);
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {said}"))
}

#[test]
fn each_byte_counts_once() {
    let folder = inputs();
    let show = ["--format", "json", "--show", "sizes", "--show", "crates"];
    let output = native(folder.path(), &[&show[..], &["app=named.elf"]].concat());
    let report = &json(&output)["report"]["programs"][0];
    let sizes = &report["sizes"];
    assert_eq!(sizes["architecture"], "x86_64");
    let parts = sizes["parts"].as_object().expect("parts");
    let sum: u64 = parts.values().filter_map(Value::as_u64).sum();
    assert_eq!(sizes["bytes"].as_u64(), Some(sum));
    assert_eq!(
        sum,
        fs::metadata(folder.path().join("named.elf"))
            .expect("it is there")
            .len()
    );
    for (part, bytes) in [("text", 64), ("rodata", 32), ("eh_frame", 16)] {
        assert_eq!(parts[part], bytes, "{part}");
    }
    let crates: Vec<_> = report["crates"]
        .as_array()
        .expect("it has symbols")
        .iter()
        .collect();
    let of = |name: &str| {
        let found = crates.iter().find(|found| found["name"] == name);
        let found = found.unwrap_or_else(|| panic!("{name}: {crates:?}"));
        (found["code_bytes"].as_u64(), found["data_bytes"].as_u64())
    };
    assert_eq!(of("demo"), (Some(40), Some(0)));
    assert_eq!(of("core"), (Some(0), Some(8)));
    assert_eq!(of("C"), (Some(4), Some(0)));
    assert_eq!(of("unattributed"), (Some(20), Some(40)));
}

#[test]
fn what_is_no_program_is_named() {
    let folder = inputs();
    let program = elf::program(true);
    let write =
        |name: &str, bytes: &[u8]| fs::write(folder.path().join(name), bytes).expect("ours");
    write("text", b"#!/bin/sh\n");
    write("empty", b"");
    write("mach-o", &[0xcf, 0xfa, 0xed, 0xfe, 7, 0, 0, 1]);
    write("windows", b"MZ\x90\0");
    write("object", &elf::object());
    write("header", &program[..40]);
    write("sections", &program[..program.len() - 1]);
    // the first section's length
    let mut long = program.clone();
    let table = u64::from_le_bytes(program[40..48].try_into().expect("8 bytes")) as usize;
    long[table + 64 + 32..][..8].copy_from_slice(&u64::MAX.to_le_bytes());
    write("long", &long);
    for (file, reason) in [
        ("guest.wasm", "a WebAssembly binary: `wasm-gauge measure`"),
        ("text", "not an ELF program: begins with \"#!/bin/s\""),
        ("empty", "empty"),
        (
            "mach-o",
            "a Mach-O program, as macOS has them: only ELF is read",
        ),
        ("windows", "a program of Windows: only ELF is read"),
        ("object", "an object file: link it to a program first"),
        ("header", "not a whole ELF program: "),
        ("sections", "not a whole ELF program: "),
        (
            "long",
            "truncated: the section .text has 18446744073709551615 bytes at offset 64",
        ),
        ("missing", "No such file or directory"),
    ] {
        let output = native(folder.path(), &[file]);
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(3), "{file}: {said}");
        assert!(
            said.starts_with(&format!("error: {file}: {reason}")),
            "{said}"
        );
        assert!(output.stdout.is_empty());
    }
    for arguments in [
        &["app=named.elf", "app=stripped.elf"][..],
        &[],
        &["--work", "x", "named.elf"],
        &["--recorded", "--policy", "gauge.toml"],
    ] {
        let output = native(folder.path(), arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
    }
}

#[test]
fn a_byte_over_the_limit_fails() {
    let folder = inputs();
    let bytes = elf::program(false).len();
    for (limit, status) in [(bytes, 0), (bytes - 1, 1)] {
        let goals = "goal-size = \"1 B\"\ngoal-text = \"64 B\"\ngoal-unwind = \"15 B\"\n";
        let policy = format!("[native]\nmax-size = \"{limit} B\"\n{goals}");
        fs::write(folder.path().join("limit.toml"), policy).expect("ours");
        let arguments = ["--policy", "limit.toml", "--format", "json", "stripped.elf"];
        let output = native(folder.path(), &arguments);
        assert_eq!(output.status.code(), Some(status), "{limit}");
        let verdict = json(&output);
        assert_eq!(verdict["limits"][0]["holds"], status == 0);
        let reached: Vec<_> = verdict["goals"].as_array().expect("goals").iter().collect();
        let reached: Vec<_> = reached
            .iter()
            .map(|goal| goal["reached"].as_bool())
            .collect();
        assert_eq!(reached, [Some(false), Some(true), Some(false)]);
    }
}

/// The file of a program of the system.
#[cfg(target_os = "linux")]
fn program(name: &str) -> PathBuf {
    let folders = std::env::var_os("PATH").expect("there is a PATH");
    let mut files = std::env::split_paths(&folders).map(|folder| folder.join(name));
    let found = files.find(|file| file.is_file());
    found.unwrap_or_else(|| panic!("{name} is not on PATH"))
}

/// `readelf` finds the same sections in itself, which somebody else linked.
#[test]
#[cfg(target_os = "linux")]
fn sections_are_those_that_readelf_finds() {
    let readelf = program("readelf");
    let file = readelf.to_str().expect("UTF-8");
    let folder = inputs();
    let output = native(folder.path(), &["--format", "json", file]);
    let parts = &json(&output)["report"]["programs"][0]["sizes"]["parts"];
    let listed = Command::new(&readelf).args(["-SW", file]).output();
    let listed = listed.expect("it starts").stdout;
    let listed = String::from_utf8_lossy(&listed);
    let bytes = |section: &str| {
        listed.lines().find_map(|line| {
            // [Nr] Name Type Address Off Size
            let mut words = line.split(']').nth(1)?.split_whitespace();
            (words.next() == Some(section)).then_some(())?;
            u64::from_str_radix(words.nth(3)?, 16).ok()
        })
    };
    assert!(bytes(".text") > Some(0), "{listed}");
    for (section, part) in [
        (".text", "text"),
        (".rodata", "rodata"),
        (".eh_frame", "eh_frame"),
        (".eh_frame_hdr", "eh_frame_hdr"),
        (".gcc_except_table", "gcc_except_table"),
        (".data.rel.ro", "data.rel.ro"),
    ] {
        assert_eq!(parts[part].as_u64(), bytes(section), "{section}");
    }
}

#[test]
#[cfg(target_os = "linux")]
fn programs_are_run_and_have_to_answer_alike() {
    let folder = inputs();
    let program = |name: &str| format!("{name}={}", program(name).display());
    let (cat, wc) = (program("cat"), program("wc"));
    let run = "--format json --run --starts 2 --repetitions 2 --work=- --input guest.wasm --input calls.jsonl";
    let run: Vec<_> = run.split(' ').collect();
    let again = cat.replace("cat=", "again=");
    let output = native(folder.path(), &[&run[..], &[&cat, &again]].concat());
    let verdict = json(&output);
    assert_eq!(output.status.code(), Some(0));
    let size = |name: &str| {
        fs::metadata(folder.path().join(name))
            .expect("it is there")
            .len()
    };
    for program in verdict["report"]["programs"].as_array().expect("programs") {
        let runs = &program["runs"];
        assert_eq!(runs["starts"], 2);
        assert_eq!(runs["work"]["inputs"], 2);
        assert_eq!(
            runs["work"]["input_bytes"].as_u64(),
            Some(size("guest.wasm") + size("calls.jsonl"))
        );
    }
    assert!(verdict["report"]["floor"]["p50_ns"].as_u64() > Some(0));

    let output = native(folder.path(), &[&run[..], &[&cat, &wc]].concat());
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(json(&output)["answers_otherwise"][0], "wc");

    for (arguments, status, reason) in [
        (
            vec!["--run", "--start", "/no/such/file", &cat],
            3,
            "failed (exit status: 1)",
        ),
        (
            vec!["--run", "--floor", "no-such-program", &cat],
            2,
            "no-such-program: no such program",
        ),
        (
            vec!["--run", "--work", "-", "--input", "missing", &cat],
            3,
            "missing: No such file",
        ),
        (
            vec![
                "--run",
                "--instructions",
                "--valgrind",
                "/no/valgrind",
                &cat,
            ],
            4,
            "valgrind: not found",
        ),
    ] {
        let output = native(folder.path(), &arguments);
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(status), "{arguments:?}: {said}");
        assert!(said.contains(reason), "{said}");
    }
}

/// What is recorded of programs is held, shown again, and has its costs beside it.
#[test]
fn programs_are_in_the_baseline() {
    let folder = inputs();
    let gauge = |arguments: &str| {
        let output = wasm_gauge()
            .current_dir(&folder)
            .args(arguments.split(' '))
            .output()
            .expect("the tool starts");
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        (
            output.status.code(),
            text(&output.stdout) + &text(&output.stderr),
        )
    };
    let measure = |json: &str, tool: &str, file: &str| {
        let arguments = format!("native --json {json} --tool ld={tool} app={file}");
        assert_eq!(gauge(&arguments).0, Some(0));
    };
    measure("stripped.json", "1", "stripped.elf");
    measure("named.json", "1", "named.elf");
    measure("other.json", "2", "named.elf");
    let policy = fs::read_to_string(folder.path().join("gauge.toml")).expect("it is there");
    let policy = format!("{policy}\n[native]\ndefault-program = \"app\"\nmax-size = \"1 KiB\"\n");
    fs::write(folder.path().join("gauge.toml"), policy).expect("ours");

    let check = "baseline check --policy gauge.toml plain=plain.report.json";
    let update = "baseline update --policy gauge.toml plain=plain.report.json";
    assert_eq!(gauge(update).0, Some(0));
    let (status, said) = gauge(&format!("{check} --native stripped.json"));
    assert!(
        status == Some(0) && said.contains("warning: app: has no record"),
        "{said}"
    );
    assert_eq!(
        gauge(&format!("{check} --strict --native stripped.json")).0,
        Some(1)
    );

    let (status, said) = gauge(&format!("{update} --native stripped.json"));
    assert!(
        status == Some(0) && said.ends_with("recorded plain, app\n"),
        "{said}"
    );
    let text = fs::read_to_string(folder.path().join("baseline.json")).expect("it was written");
    let baseline: Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(
        baseline["columns"][0]["thresholds"]["native_max_size_kb"],
        1
    );
    assert!(baseline["columns"][0]["native_size_kb"].as_f64() > Some(0.5));
    for (native, strict, status, expected) in [
        ("stripped.json", "--strict", 0, "are as recorded"),
        ("named.json", "--format=text", 1, "FAILS: app: bytes is "),
        (
            "other.json",
            "--format=text",
            0,
            "warning: programs are not compared: the record is of other tools: ld 1 is now 2",
        ),
        (
            "other.json",
            "--strict",
            1,
            "FAILS: programs are not compared",
        ),
    ] {
        let (found, said) = gauge(&format!("{check} {strict} --native {native}"));
        assert!(
            found == Some(status) && said.contains(expected),
            "{native}: {said}"
        );
    }
    // without --native they stay
    assert_eq!(gauge(update).0, Some(0));
    let (status, said) = gauge("native --recorded --policy gauge.toml --only app --show sizes");
    assert!(status == Some(0) && said.contains("app"), "{said}");
    let (status, said) = gauge("native --recorded --policy gauge.toml --only other");
    assert!(
        status == Some(2) && said.contains("there is no program `other`"),
        "{said}"
    );

    let costs = "baseline costs --policy gauge.toml plain=plain.report.json";
    let (status, said) = gauge(&format!("{costs} --native stripped.json"));
    assert!(
        status == Some(2) && said.contains("nothing was run"),
        "{said}"
    );
    let spread = r#"{"p50_ns":2000000,"p90_ns":3000000,"p99_ns":4000000}"#;
    let run = |name: &str| {
        let text = fs::read_to_string(folder.path().join(name)).expect("it was written");
        let mut verdict: Value = serde_json::from_str(&text).expect("JSON");
        let spread: Value = serde_json::from_str(spread).expect("JSON");
        // What running comes to is told without the tools.
        verdict["report"]["tools"] = serde_json::json!({ "gzip": "1" });
        verdict["report"]["machine"] = "abacus".into();
        verdict["report"]["floor"] = spread.clone();
        verdict["report"]["programs"][0]["runs"] = serde_json::json!({
            "starts": 7, "start": spread,
            "work": { "inputs": 1, "input_bytes": 4_000_000, "repetitions": 3, "time": spread, "instructions": 9, "answers_sha256": "" },
        });
        fs::write(folder.path().join("run.json"), verdict.to_string()).expect("ours");
    };
    run("named.json");
    let (status, said) = gauge(&format!("{costs} --native run.json"));
    assert!(
        status == Some(2) && said.contains("`app` is not the one that is recorded"),
        "{said}"
    );
    run("stripped.json");
    let (status, said) = gauge(&format!("{update} --native run.json"));
    assert!(
        status == Some(3) && said.contains("names no tool that made the programs"),
        "{said}"
    );
    let builds = r#"{"machine":"abacus","commit":"def","before":"abc","builds":{"app":{
        "now":{"wall_ms":1500,"cpu_ms":3000,"peak_kib":2048},"before":{"wall_ms":1500,"cpu_ms":2000,"peak_kib":2048}}}}"#;
    fs::write(folder.path().join("builds.json"), builds).expect("ours");
    let (status, said) = gauge(&format!("{costs} --native run.json --builds builds.json"));
    assert_eq!(status, Some(0), "{said}");
    let (status, said) =
        gauge("native --recorded --policy gauge.toml --show start --show work --show builds");
    assert_eq!(status, Some(0), "{said}");
    for expected in [
        "2.000  3.000  4.000",
        "2000.0",
        "Times of abacus",
        "1.500",
        "before is abc",
    ] {
        assert!(said.contains(expected), "{expected}: {said}");
    }
    assert_eq!(
        gauge(&format!("{check} --strict --native stripped.json")).0,
        Some(0)
    );
}
