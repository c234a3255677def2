//! Whether two binaries are the same code.

use std::fs;
use std::slice::from_ref;

use serde_json::Value;

use crate::support::{
    COMPONENT, MODULE, component, component_with, inputs, module_with_world, section, wasm_gauge,
};

#[test]
fn metadata_is_no_difference_and_everything_else_is() {
    let folder = inputs();
    let path = folder.path();
    let custom = |name: &str, text: &str| {
        section(
            0,
            &[&[name.len() as u8], name.as_bytes(), text.as_bytes()].concat(),
            0,
        )
    };
    let memory = |pages: u8, padding: usize| section(5, &[1, 0, pages], padding);
    let data = |text: &str| {
        let text = [
            &[1, 0, 0x41, 0, 0x0b, text.len() as u8][..],
            text.as_bytes(),
        ]
        .concat();
        section(11, &text, 0)
    };
    let module = |parts: &[Vec<u8>]| [&MODULE[..], &parts.concat()].concat();
    let guest = component(&module_with_world("guest.wat", "guest.wit"));
    let plain = module(&[memory(1, 0), data("abc")]);
    let signed = module(&[
        custom("signature", "x"),
        memory(1, 3),
        data("abc"),
        custom("name", ""),
    ]);
    let cases = [
        ("the same", plain.clone(), plain.clone(), &[][..], true),
        (
            "custom sections and padding",
            plain.clone(),
            signed.clone(),
            &[],
            true,
        ),
        (
            "in a component",
            component_with(from_ref(&plain)),
            component_with(from_ref(&signed)),
            &[],
            true,
        ),
        (
            "other data",
            plain.clone(),
            module(&[memory(1, 0), data("abd")]),
            &[],
            false,
        ),
        (
            "other data, passed over",
            plain.clone(),
            module(&[memory(1, 0), data("abd")]),
            &["data"],
            true,
        ),
        (
            "another is passed over",
            plain.clone(),
            module(&[memory(1, 0), data("abd")]),
            &["memory"],
            false,
        ),
        (
            "no data",
            plain.clone(),
            module(&[memory(1, 0)]),
            &[],
            false,
        ),
        (
            "no data, passed over",
            plain.clone(),
            module(&[memory(1, 0)]),
            &["data"],
            true,
        ),
        (
            "other memory",
            plain.clone(),
            module(&[memory(2, 0), data("abc")]),
            &[],
            false,
        ),
        (
            "another core module within",
            component_with(from_ref(&plain)),
            component_with(&[module(&[memory(2, 0)])]),
            &[],
            false,
        ),
        (
            "one more within",
            component_with(from_ref(&plain)),
            component_with(&[plain.clone(), plain.clone()]),
            &[],
            false,
        ),
        (
            "a module and a component",
            MODULE.to_vec(),
            COMPONENT.to_vec(),
            &[],
            false,
        ),
        (
            "a guest and its core module's signature",
            guest.clone(),
            [guest.clone(), custom("signature", "y")].concat(),
            &[],
            true,
        ),
    ];
    for (case, first, second, ignored, expected) in cases {
        fs::write(path.join("first.wasm"), first).expect("the folder is ours");
        fs::write(path.join("second.wasm"), second).expect("the folder is ours");
        for files in [["first.wasm", "second.wasm"], ["second.wasm", "first.wasm"]] {
            let mut command = wasm_gauge();
            command.current_dir(path).args(["same", "--format", "json"]);
            for name in ignored {
                command.args(["--ignore-section", name]);
            }
            let output = command.args(files).output().expect("the tool starts");
            assert_eq!(
                output.status.code(),
                Some(i32::from(!expected)),
                "{case}: {output:?}"
            );
            let verdict: Value = serde_json::from_slice(&output.stdout).expect("it is JSON");
            assert_eq!(verdict["holds"], expected, "{case}");
            assert_eq!(verdict["identical"], case == "the same", "{case}");
        }
    }
}
