//! Files that users of tools like this one reported, byte for byte, and what is right for them. Tests of the kinds that they belong to
//! stand where the kind does.

use std::fs;

use crate::support::wasm_gauge;

/// A file's name, its bytes in hexadecimal, the arguments, the exit status and what is said.
type Reported = (
    &'static str,
    &'static str,
    &'static [&'static str],
    i32,
    &'static str,
);

/// Functions with names that are rows of a gate that holds.
const FORGED: &str = "0061736d010000000104016000000303020000070501017800010a090202000b040010000b0055046e616d65014e02002b780a6f7074696d697a656420202020
         20202020383420422020312c3034382c35373620422020686f6c6473011e790d1b5b31411b5b324b6f7074696d697a656420206f6b2020686f6c6473";

/// A section of target features that ends early.
const FEATURES: &str = "0061736d0100000001060160017f017f030201000503010001070501016600000a0e010c00010101010101010141000b00120f7461726765745f666561747572
         6573052b";

const REPORTED: [Reported; 8] = [
    // The linker's sections: optimising it would break its relocations.
    (
        "main.o",
        "0061736d010000000104016000000303020000070801046d61696e00000a190211001081808080000101010101010101010b05000101010b001e076c696e6b69
         6e6702081302000000046d61696e0000010668656c70657200100a72656c6f632e434f44450301000401",
        &["opt", "-o", "out.wasm", "main.o"],
        3,
        "main.o: is an object file, by its section `linking`",
    ),
    // A name section with a subsection that ends early.
    (
        "names.wasm",
        "0061736d010000000104016000000303020000070501017800010a090202000b040010000b000e046e616d6501200200057a65726f",
        &["opt", "-o", "out.wasm", "names.wasm"],
        0,
        "`name` was left out",
    ),
    (
        "features.wasm",
        FEATURES,
        &["opt", "-o", "out.wasm", "features.wasm"],
        0,
        "`target_features` was left out",
    ),
    (
        "features.wasm",
        FEATURES,
        &["target-features", "features.wasm"],
        0,
        "No features beyond WebAssembly's MVP",
    ),
    // Of two functions one has a name, or only one that is imported.
    (
        "one-name.wasm",
        "0061736d010000000104016000000303020000070501017800010a090202000b040010000b000e046e616d6501070101046d61696e",
        &["bans", "--policy", "bans.toml", "one-name.wasm"],
        3,
        "1 of its 2 functions have no names",
    ),
    (
        "imported-name.wasm",
        "0061736d0100000001040160000002070101650166000003020100070501016700010a0601040010000b0012046e616d65010b010008696d706f72746564",
        &["bans", "--policy", "bans.toml", "imported-name.wasm"],
        3,
        "1 of its 1 functions have no names",
    ),
    (
        "forged.wasm",
        FORGED,
        &["gate", "--max-size", "10 B", "forged.wasm"],
        1,
        "optimized     124 B     10 B  FAILS",
    ),
    (
        "forged.wasm",
        FORGED,
        &["paths", "forged.wasm", "optimized"],
        0,
        r"y\r\u{1b}[1A\u{1b}[2Koptimized",
    ),
];

fn bytes_of(hexadecimal: &str) -> Vec<u8> {
    let digits: Vec<u32> = hexadecimal.chars().filter_map(|c| c.to_digit(16)).collect();
    digits
        .chunks(2)
        .map(|pair| u8::try_from(pair[0] * 16 + pair[1]).expect("two digits"))
        .collect()
}

#[test]
fn reported_files_are_read_as_is_right() {
    for (name, hexadecimal, arguments, status, expected) in REPORTED {
        let folder = tempfile::tempdir().expect("there is a place for temporary files");
        fs::write(folder.path().join(name), bytes_of(hexadecimal)).expect("the folder is ours");
        fs::write(
            folder.path().join("bans.toml"),
            "[bans]\ncrates = [\"std\"]\n",
        )
        .expect("the folder is ours");
        let output = wasm_gauge()
            .current_dir(&folder)
            .args(arguments)
            .output()
            .expect("the tool starts");
        let said = [output.stdout, output.stderr].concat();
        let said = String::from_utf8(said).expect("it is text");
        assert_eq!(output.status.code(), Some(status), "{arguments:?}: {said}");
        assert!(said.contains(expected), "{arguments:?}: {said}");
        assert!(
            !said.chars().any(|c| c.is_control() && c != '\n'),
            "{arguments:?}: {said:?}"
        );
        assert!(
            !said
                .lines()
                .any(|line| line.starts_with("optimized") && line.contains("holds")),
            "{arguments:?}: {said}"
        );
        let is_written = arguments[0] == "opt" && status == 0;
        assert_eq!(
            folder.path().join("out.wasm").exists(),
            is_written,
            "{arguments:?}"
        );
    }
}
