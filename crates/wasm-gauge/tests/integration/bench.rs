//! Workloads on variants: what is the same each time is, and times are taken of what was asked for.

use std::path::Path;

use serde_json::{Value, json};

use crate::support::{inputs, wasm_gauge};

/// Standard output of `wasm-gauge bench --format json ARGUMENTS`.
fn bench(folder: &Path, arguments: &str) -> Vec<u8> {
    let output = wasm_gauge()
        .current_dir(folder)
        .args(["bench", "--format", "json"])
        .args(arguments.split(' '))
        .output()
        .expect("the tool starts");
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{arguments}: {said}");
    output.stdout
}

fn parse(json: &[u8]) -> Value {
    serde_json::from_slice(json).expect("it is JSON")
}

#[test]
fn figures_are_the_same_each_time() {
    let folder = inputs();
    let arguments = "--no-time --workload work=work.jsonl --workload name=name.jsonl --stats stats \
        --traced worker=worker.core.wasm worker=worker.wasm slower=slower.wasm";
    let first = bench(folder.path(), arguments);
    assert_eq!(first, bench(folder.path(), arguments));
    let variants = &parse(&first)["workloads"][0]["variants"];
    let [worker, slower] = [0, 1].map(|index| &variants[index]["figures"]);
    // Each of the two measured calls loops 100 times more, over six instructions.
    let fuel = |figures: &Value| figures["fuel"].as_u64().expect("it is counted");
    assert_eq!(fuel(slower) - fuel(worker), 2 * 100 * 6);
    // A page to begin with, and one for each of three calls.
    assert_eq!(worker["pages"], 4);
    // 3,000 / 2,900 - 1 is 3.448... %.
    assert_eq!(worker["waste_basis_points"], 345);
    assert_eq!(worker["unreturned_bytes"], 2);
    assert_eq!(slower["heap_bytes"], 3000);
    assert_eq!(slower["peak_live_bytes"], Value::Null);
    // A core module's strings go the same way, but not through a component's adapters.
    let cores =
        "--no-time --workload work=work.jsonl worker=worker.core.wasm slower=slower.core.wasm";
    let cores = parse(&bench(folder.path(), cores));
    let variants = &cores["workloads"][0]["variants"];
    let [worker, slower] = [0, 1].map(|index| fuel(&variants[index]["figures"]));
    assert_eq!(slower - worker, 2 * 100 * 6);
}

#[test]
fn times_are_of_all_rounds_and_ratios_need_six() {
    let folder = inputs();
    for (rounds, ratio) in [(5, false), (6, true)] {
        let arguments = format!(
            "--rounds {rounds} --reference slower --workload work=work.jsonl --workload name=name.jsonl \
             worker=worker.wasm slower=slower.wasm"
        );
        let measured = parse(&bench(folder.path(), &arguments));
        assert_eq!(measured["reference"], "slower");
        for workload in measured["workloads"].as_array().expect("there are two") {
            let variants = workload["variants"].as_array().expect("there are two");
            let names: Vec<_> = variants.iter().map(|row| &row["variant"]).collect();
            assert_eq!(names, ["slower", "worker"]);
            for (index, row) in variants.iter().enumerate() {
                let times = &row["times"];
                assert_eq!(times["rounds"], json!(rounds));
                assert!(times["p50_ns"].as_u64() <= times["p95_ns"].as_u64());
                assert!(times["p50_ns"].as_u64() > Some(0));
                assert_eq!(times["ratio"].is_object(), ratio && index == 1, "{times}");
            }
        }
    }
}
