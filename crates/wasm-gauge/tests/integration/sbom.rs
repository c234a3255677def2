//! The bill of materials, beside what cargo says and what a profile finds.

use std::fs;
use std::process::Command;

use serde_json::Value;

use crate::support::{inputs, wasm_gauge};

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");

#[test]
fn it_has_what_cargo_builds_from_and_is_the_same_each_time() {
    let folder = inputs();
    let path = folder.path();
    let metadata = Command::new(env!("CARGO"))
        .current_dir(ROOT)
        .args(["metadata", "--format-version", "1", "--offline", "--locked"])
        .output()
        .expect("cargo is there");
    assert!(metadata.status.success(), "{metadata:?}");
    fs::write(path.join("metadata.json"), &metadata.stdout).expect("the folder is ours");
    let lock = format!("{ROOT}/Cargo.lock");
    let sbom = |lock: &str, package: &str| {
        let arguments = [
            "sbom",
            "--metadata",
            "metadata.json",
            "--lock",
            lock,
            "--package",
            package,
        ];
        let output = wasm_gauge()
            .current_dir(path)
            .args(arguments)
            .output()
            .expect("the tool starts");
        (
            output.status.code(),
            output.stdout,
            String::from_utf8_lossy(&output.stderr).into_owned(),
        )
    };
    let (code, text, said) = sbom(&lock, "wasm-gauge");
    assert_eq!(code, Some(0), "{said}");
    assert_eq!(sbom(&lock, "wasm-gauge").1, text);
    let bom: Value = serde_json::from_slice(&text).expect("it is JSON");
    assert_eq!(
        (&bom["bomFormat"], &bom["specVersion"]),
        (&"CycloneDX".into(), &"1.5".into())
    );
    assert!(bom.get("serialNumber").is_none() && bom["metadata"].get("timestamp").is_none());
    assert_eq!(bom["metadata"]["component"]["name"], "wasm-gauge");
    let components = bom["components"].as_array().expect("a list");
    let component = |name: &str| {
        components
            .iter()
            .find(|component| component["name"] == name)
    };
    let clap = component("clap").expect("it is built from clap");
    assert!(
        clap["purl"]
            .as_str()
            .is_some_and(|purl| purl.starts_with("pkg:cargo/clap@4."))
    );
    assert_eq!(clap["hashes"][0]["alg"], "SHA-256");
    assert_eq!(clap["licenses"][0]["expression"], "MIT OR Apache-2.0");
    // Neither macros nor what only tests need.
    assert!(component("serde_derive").is_none() && component("boon").is_none());
    let dependencies = bom["dependencies"].as_array().expect("a list");
    let of = dependencies
        .iter()
        .find(|of| of["ref"] == clap["bom-ref"])
        .expect("it has some");
    assert!(
        of["dependsOn"]
            .to_string()
            .contains("pkg:cargo/clap_builder@")
    );
    fs::write(
        path.join("other.lock"),
        "[[package]]\nname = \"a\"\nversion = \"1.0.0\"\n",
    )
    .expect("the folder is ours");
    for (lock, package, said) in [
        ("other.lock", "wasm-gauge", "the lock has no package "),
        ("gauge.toml", "wasm-gauge", "not a Cargo.lock"),
        (lock.as_str(), "nope", "its workspace has no package `nope`"),
    ] {
        let (code, _, error) = sbom(lock, package);
        assert!(code == Some(3) && error.contains(said), "{error}");
    }
}
