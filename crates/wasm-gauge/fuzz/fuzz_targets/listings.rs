//! What a valid binary is, imports, exports, needs and must not hold is found and shown.

#![no_main]

use libfuzzer_sys::fuzz_target;
use wasm_gauge::binary::Binary;
use wasm_gauge::judge::{BanVerdict, find_banned};
use wasm_gauge::measure::externs::{Direction, Externs};
use wasm_gauge::measure::{Memory, Sections, TargetFeatures};
use wasm_gauge::policy::Bans;
use wasm_gauge::render::{Format, Show, render};

fuzz_target!(|bytes: &[u8]| {
    let Ok(binary) = Binary::parse(bytes) else {
        return;
    };
    show(&Sections::measure("x.wasm", &binary));
    for direction in [Direction::Imports, Direction::Exports] {
        show(&Externs::measure("x.wasm", &binary, direction, true).expect("it is valid"));
    }
    show(&Memory::measure("x.wasm", &binary));
    // Other sections than the standard's may be malformed.
    if let Ok(targets) = TargetFeatures::measure("x.wasm", &binary) {
        show(&targets);
    }
    let some = |text: &str| vec![text.to_owned()];
    let bans = Bans {
        crates: some("core"),
        symbols: some("*e::*a*b"),
        imports: some("*:*#*a"),
        strings: some("a"),
    };
    if let Ok((functions, found)) = find_banned(&binary, None, &bans) {
        let file = "x.wasm".to_owned();
        show(&BanVerdict {
            file,
            functions,
            dependencies: None,
            found,
        });
    }
});

fn show(what: &impl Show) {
    for format in [TEXT, Format::Markdown, Format::Json] {
        render(what, format);
    }
}

const TEXT: Format = Format::Text {
    colour: true,
    width: Some(80),
};
