//! What a report says of a file, computed again: each field that is forged shows.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use wasm_gauge::judge::seal;

use crate::support::{inputs, program, wasm_gauge};

fn run(folder: &Path, arguments: &[&str]) -> (Option<i32>, String) {
    let output = wasm_gauge()
        .current_dir(folder)
        .args(arguments)
        .output()
        .expect("the tool starts");
    let said = [output.stdout, output.stderr].concat();
    (
        output.status.code(),
        String::from_utf8_lossy(&said).into_owned(),
    )
}

/// A folder with app.wasm and the report of it, with its provenance.
fn reported() -> (tempfile::TempDir, Value) {
    let folder = inputs();
    let path = folder.path();
    let functions = [
        ("_RNvCs1_4demo5parse", 600),
        ("_ZN4demo5write17h0123456789abcdefE", 300),
    ];
    for (name, names) in [("app.wasm", false), ("app.names.wasm", true)] {
        fs::write(path.join(name), program(&functions, "text", names)).expect("the folder is ours");
    }
    fs::create_dir_all(path.join("src/inner")).expect("the folder is ours");
    for name in ["src/b", "src/a", "src/inner/c d", "Cargo.lock"] {
        fs::write(path.join(name), name).expect("the folder is ours");
    }
    let sum = |command: &str| {
        let output = std::process::Command::new("sh")
            .current_dir(path)
            .args(["-c", command])
            .output();
        let output = output.expect("there is a shell");
        String::from_utf8_lossy(&output.stdout)[..64].to_owned()
    };
    let source =
        sum("cd src && find . -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum");
    let (lock, shipped) = (sum("sha256sum Cargo.lock"), sum("sha256sum app.wasm"));
    let stage = |tool: &str, version: &str, input: &str, output: &str| json!({"tool": tool, "version": version, "flags": ["-O", "--x=y"], "input_sha256": input, "output_sha256": output});
    let provenance = json!([{
        "file": "app.wasm", "source_sha256": source, "lock_sha256": lock, "checks": {"behaviour": {"holds": true, "said": "15 calls answered"}},
        "stages": [stage("rustc", "1.93.1", &source, "aa"), stage("wasm-opt", "131", "aa", &shipped)]
    }]);
    fs::write(path.join("provenance.json"), provenance.to_string()).expect("the folder is ours");
    fs::write(
        path.join("policy.toml"),
        "[budget]\noptimized = \"2 KiB\"\nmin-reduction = \"0 %\"\n",
    )
    .expect("the folder is ours");
    for arguments in [
        "measure --details --tool rustc=1.93.1 --tool wasm-opt=131 --unoptimized app.names.wasm --names app.names.wasm -o text --json app.json app.wasm",
        "report --policy policy.toml --provenance app=provenance.json --revision abc -o text --json report.json app=app.json",
    ] {
        let arguments: Vec<&str> = arguments.split(' ').collect();
        let (code, said) = run(path, &arguments);
        assert_eq!(code, Some(0), "{said}");
    }
    let text = fs::read_to_string(path.join("report.json")).expect("it was written");
    (folder, serde_json::from_str(&text).expect("it is JSON"))
}

/// JSON pointers to all values in `value` that hold no others.
fn leaves(value: &Value, pointer: String, all: &mut Vec<String>) {
    let escaped = |key: &str| key.replace('~', "~0").replace('/', "~1");
    match value {
        Value::Object(object) => object
            .iter()
            .for_each(|(key, value)| leaves(value, format!("{pointer}/{}", escaped(key)), all)),
        Value::Array(array) => array
            .iter()
            .enumerate()
            .for_each(|(index, value)| leaves(value, format!("{pointer}/{index}"), all)),
        _ => all.push(pointer),
    }
}

/// Another value than `value`, of its kind.
fn forged(value: &Value) -> Value {
    match value {
        Value::Bool(flag) => json!(!flag),
        Value::Number(number) => json!(number.as_u64().unwrap_or(0) + 1),
        Value::String(text) if text.len() == 64 => {
            json!(text.replace(['a', '1'], "b") + "0")
        }
        Value::String(text) => json!(format!("{text}x")),
        _ => json!(1),
    }
}

/// Fields that nothing but the seal vouches for: what people call things, what nobody can compute of FILE alone, and what was
/// said by others.
const SEALED_ALONE: [&str; 17] = [
    "/revision",
    "/backend",
    "/machine",
    "/schema",
    "/seal",
    "/since",
    "/verdict/backend",
    "/verdict/tools",
    "/verdict/compared",
    "/verdict/strict",
    "/variants/0/name",
    "/variants/0/unoptimized/",
    "/variants/0/allocator_bytes",
    "/variants/0/startup",
    "/variants/0/outdated",
    "/variants/0/details/",
    "/tools/gzip",
];

#[test]
fn each_forged_field_shows() {
    let (folder, report) = reported();
    let path = folder.path();
    let verify = |report: &Value| {
        fs::write(path.join("forged.json"), report.to_string()).expect("the folder is ours");
        run(
            path,
            &[
                "verify",
                "--source",
                "src",
                "--lock",
                "Cargo.lock",
                "forged.json",
                "app.wasm",
            ],
        )
    };
    let (code, said) = verify(&report);
    assert_eq!(code, Some(0), "{said}");
    let mut all = Vec::new();
    leaves(&report, String::new(), &mut all);
    assert!(all.len() > 100, "{}", all.len());
    let mut found_without = 0;
    for pointer in &all {
        let mut other = report.clone();
        let field = other.pointer_mut(pointer).expect("it is there");
        *field = forged(field);
        let (code, said) = verify(&other);
        assert!(code == Some(1) || code == Some(3), "{pointer}: {said}");
        // Sealed again by who forged it.
        if pointer != "/seal" {
            other["seal"] = json!(seal(other.clone()));
        }
        let (code, said) = verify(&other);
        if code == Some(0) {
            let known = SEALED_ALONE.iter().any(|start| pointer.starts_with(start))
                || pointer.contains("/flags/")
                || pointer.contains("/checks/") && pointer.ends_with("/said")
                || pointer.ends_with("/file");
            assert!(known, "{pointer}: {said}");
        } else {
            found_without += 1;
        }
    }
    assert!(found_without > 40, "{found_without} of {}", all.len());
}

#[test]
fn another_file_and_other_sources_show() {
    let (folder, _) = reported();
    let path = folder.path();
    let (code, said) = run(path, &["verify", "report.json", "app.names.wasm"]);
    assert_eq!(code, Some(1), "{said}");
    assert!(
        said.contains("the file is one of the report's  FAILS"),
        "{said}"
    );
    fs::write(path.join("src/inner/more"), "").expect("the folder is ours");
    let (code, said) = run(
        path,
        &["verify", "--source", "src", "report.json", "app.wasm"],
    );
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("FAILS: sources: the report says "), "{said}");
}
