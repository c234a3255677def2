//! A first policy is one that holds for the binary that it was made from.

use std::fs;

use crate::support::{inputs, wasm_gauge};

#[test]
fn a_first_policy_is_right_and_holds() {
    let folder = inputs();
    let run = |args: &[&str]| {
        let output = wasm_gauge().current_dir(&folder).args(args).output();
        let output = output.expect("the tool starts");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        (output.status.code(), said)
    };
    let policy = folder.path().join("gauge.toml");
    for args in [
        &["init"][..],
        &[
            "init",
            "--binary",
            "after.opt.names.wasm",
            "--margin",
            "0 %",
        ],
        &["init", "--binary", "guest.wasm"],
    ] {
        fs::remove_file(&policy).expect("it is there");
        assert_eq!(run(args), (Some(0), String::new()), "{args:?}");
        assert_eq!(run(&["policy", "gauge.toml"]), (Some(0), String::new()));
        if let [_, "--binary", binary, ..] = args {
            let gate = ["gate", "--policy", "gauge.toml", binary];
            assert_eq!(run(&gate), (Some(0), String::new()), "{args:?}");
        }
    }
    let before = fs::read(&policy).expect("it was written");
    for (args, status) in [
        (&["init"][..], 2),
        (&["init", "--binary", "text.wasm"], 3),
        (&["init", "--margin", "5"], 2),
    ] {
        assert_eq!(run(args).0, Some(status), "{args:?}");
        assert_eq!(fs::read(&policy).expect("it is there"), before, "{args:?}");
    }
    fs::remove_file(folder.path().join("Cargo.toml")).expect("it is there");
    fs::remove_file(&policy).expect("it is there");
    assert_eq!(
        run(&["init"]),
        (
            Some(2),
            "error: Cargo.toml: No such file or directory (os error 2)\n".to_owned()
        )
    );
    assert!(!policy.exists());
}
