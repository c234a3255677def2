//! What the fuzz targets hold of any input holds of what is known: every fixture, and a file of everything that the tool
//! reads.

use std::fs;

use wasm_gauge::binary::Binary;
use wasm_gauge::names::Names;

use crate::support::{inputs, wasm_gauge};

#[path = "../support/readers.rs"]
pub mod readers;

#[test]
fn every_fuzz_target_takes_what_is_known() {
    let folder = inputs();
    let recorded = wasm_gauge()
        .current_dir(&folder)
        .args(["baseline", "update", "--policy", "decision.toml"])
        .args(["--bench", "timed.bench.json", "plain=plain.report.json"])
        .args(["other=other.report.json", "leaking=leaking.report.json"])
        .status();
    assert!(recorded.expect("the tool starts").success());
    let metadata = r#"{"packages": [], "workspace_members": [], "target_directory": "", "workspace_root": "",
        "version": 1, "resolve": {"nodes": [], "root": null}}"#;
    readers::json(metadata.as_bytes());
    let (mut binaries, mut symbols, mut policies, mut records, mut programs) = (0, 0, 0, 0, 0);
    for entry in fs::read_dir(&folder).expect("the folder is ours") {
        let path = entry.expect("it can be read").path();
        // It is 200 MB of zeros.
        if !path.is_file() || path.ends_with("zeros.wasm") {
            continue;
        }
        let bytes = fs::read(&path).expect("it is a file");
        let text = String::from_utf8_lossy(&bytes);
        match path.extension().and_then(|extension| extension.to_str()) {
            Some("wasm") => {
                readers::binary(&bytes);
                readers::listings(&bytes);
                readers::profile(&bytes);
                let Ok(binary) = Binary::parse(&bytes) else {
                    continue;
                };
                binaries += 1;
                for names in Names::of_all(&binary) {
                    for symbol in names.functions.iter().filter_map(|name| name.symbol) {
                        symbols += 1;
                        readers::symbols(symbol);
                    }
                }
            }
            Some("elf") => {
                for end in 0..bytes.len() {
                    readers::program(&bytes[..end]);
                    let mut other = bytes.clone();
                    other[end] ^= 0x81;
                    readers::program(&other);
                    programs += 1;
                }
            }
            Some("toml") => {
                policies += 1;
                readers::policy(&text);
                readers::policy(&format!("{text}\0[package]\nname = \"app\"\n"));
            }
            Some("json" | "jsonl") => {
                records += 1;
                readers::json(&bytes);
            }
            Some("txt") => readers::arguments(&text),
            other => panic!("{other:?}: nothing reads {}", path.display()),
        }
    }
    let read = [binaries, symbols, policies, records, programs];
    assert!(read.iter().all(|read| *read > 2), "{read:?}");
}
