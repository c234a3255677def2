//! Whether custom sections that a policy keeps arrived.

use std::fs;
use std::slice::from_ref;

use serde_json::Value;

use crate::support::{MODULE, component_with, inputs, section, wasm_gauge};

#[test]
fn what_is_kept_has_arrived_byte_for_byte() {
    let folder = inputs();
    let path = folder.path();
    let custom = |name: &str, data: &[u8]| {
        section(0, &[&[name.len() as u8], name.as_bytes(), data].concat(), 0)
    };
    let module = |parts: &[Vec<u8>]| [&MODULE[..], &parts.concat()].concat();
    let write = |name: &str, bytes: &[u8]| {
        fs::write(path.join(name), bytes).expect("the folder is ours");
    };
    let spec = custom("spec", b"\0one\xff");
    let deps = custom(".dep-v0", b"two");
    let built = module(&[deps.clone(), spec.clone(), custom("other", b"x")]);
    let (one, both) = (&["spec"][..], &["spec", ".dep-v0"][..]);
    let in_component = |parts: &[Vec<u8>]| component_with(&[module(&[]), module(parts)]);
    for (case, keep, file, expected) in [
        ("nothing is kept", &[][..], module(&[]), &[][..]),
        ("the same", one, built.clone(), &["arrived"]),
        (
            "others are gone",
            one,
            module(from_ref(&spec)),
            &["arrived"],
        ),
        (
            "in another order, in a component",
            both,
            in_component(&[spec.clone(), deps.clone()]),
            &["arrived", "arrived"],
        ),
        (
            "one is gone",
            both,
            in_component(from_ref(&spec)),
            &["arrived", "lost"],
        ),
        (
            "a byte is another one",
            one,
            module(&[custom("spec", b"\0one\xfe")]),
            &["differs"],
        ),
        (
            "a byte is missing",
            one,
            module(&[custom("spec", b"\0one")]),
            &["differs"],
        ),
        (
            "it is there twice",
            one,
            module(&[spec.clone(), spec.clone()]),
            &["differs"],
        ),
        (
            "a name begins with it",
            one,
            module(&[custom("specs", b"\0one\xff")]),
            &["lost"],
        ),
        ("none was built", &["none"], built.clone(), &["not-built"]),
        (
            "none was built, and there is one",
            &["none"],
            module(&[custom("none", b"")]),
            &["not-built"],
        ),
    ] {
        write("built.wasm", &built);
        write("file.wasm", &file);
        write(
            "gauge.toml",
            format!("[sections]\nkeep = {keep:?}\n").as_bytes(),
        );
        let output = wasm_gauge()
            .current_dir(path)
            .args(["kept", "--format", "json", "--policy", "gauge.toml"])
            .args(["--built", "built.wasm", "file.wasm"])
            .output()
            .expect("the tool starts");
        let kept: Value = serde_json::from_slice(&output.stdout).expect("it is JSON");
        let holds = expected.iter().all(|outcome| *outcome == "arrived");
        assert_eq!(output.status.code(), Some(i32::from(!holds)), "{case}");
        assert_eq!(kept["holds"], holds, "{case}");
        let sections = kept["sections"].as_array().expect("it is a list");
        let outcomes: Vec<_> = sections.iter().map(|section| &section["outcome"]).collect();
        assert_eq!(outcomes, expected, "{case}");
    }
}
