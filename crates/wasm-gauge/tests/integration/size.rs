//! Sizes against what `gzip` and the sections' own lengths say.

use std::fs;
use std::process::Command;

use wasm_gauge::binary::{Binary, Kind};
use wasm_gauge::measure::{Gzip, Sizes};

use crate::support;

/// Bytes that do not repeat, from a fixed seed (xorshift64).
fn noise(length: usize) -> Vec<u8> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let step = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state as u8
    };
    std::iter::repeat_with(step).take(length).collect()
}

#[test]
fn the_gzip_size_is_that_of_the_command() {
    let folder = tempfile::tempdir().expect("there is a place for temporary files");
    let gzip = Gzip::find().expect("these tests need GNU gzip on PATH");
    let guest = support::module_with_world("guest.wat", "guest.wit");
    let text = include_bytes!("size.rs");
    for bytes in [
        Vec::new(),
        support::component(&guest),
        guest,
        text.repeat(200),
        vec![0; 3_000_000],
        // More than pipes hold, on both sides.
        noise(3_000_000),
        [noise(100_000), text.to_vec()].concat().repeat(10),
    ] {
        let file = folder.path().join("input");
        fs::write(&file, &bytes).expect("the folder is ours");
        let output = Command::new("sh")
            .args(["-c", "gzip -9 -n < \"$0\" | wc -c"])
            .arg(&file)
            .output()
            .expect("there is a shell");
        let expected = String::from_utf8_lossy(&output.stdout);
        let size = gzip.size(&bytes).expect("gzip works");
        assert_eq!(size.to_string(), expected.trim(), "{} bytes", bytes.len());
    }
}

#[test]
fn a_component_has_the_bytes_of_its_core_modules() {
    let gzip = Gzip::find().expect("these tests need GNU gzip on PATH");
    let measure = |bytes: &[u8]| {
        let binary = Binary::parse(bytes).expect("the fixture is valid");
        Sizes::measure("x.wasm", &binary, &gzip).expect("gzip works")
    };
    let core = support::module_with_world("guest.wat", "guest.wit");
    let component = support::component(&core);
    let (core, component) = (measure(&core), measure(&component));
    assert_eq!((core.kind, core.core_modules), (Kind::CoreModule, 1));
    assert_eq!(component.kind, Kind::Component);
    // The count, then per segment flags, `i32.const`, its offset, `end`, a length, and the data.
    assert_eq!(core.data_bytes, 1 + (5 + 1) + (5 + 2));
    assert_eq!(component.data_bytes, core.data_bytes);
    assert!(component.code_bytes >= core.code_bytes && core.code_bytes > 0);
    assert!(component.custom_bytes > 0);
    assert_eq!((core.functions, core.initial_pages), (19, 2));
    assert!(component.functions >= core.functions);
    assert_eq!(component.initial_pages, core.initial_pages);
}
