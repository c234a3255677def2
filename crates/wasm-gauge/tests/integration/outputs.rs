//! What becomes of what is at the path that a result is written to. Devices are behind links, so that a
//! failure that root sees replaces none.

use std::fs;
use std::os::unix::fs::symlink;

use crate::support::{inputs, script, stand_in, wasm_gauge};

/// Ways to write a result; `$1` is where.
const WRITERS: [(&str, &str); 3] = [
    ("-o", "\"$GAUGE\" sections -o \"$1\" guest.wasm"),
    ("--json", "\"$GAUGE\" sections --json \"$1\" guest.wasm"),
    (
        "opt",
        "\"$GAUGE\" opt --wasm-opt ./stand-in -o \"$1\" guest.wasm",
    ),
];

/// What a shell does with `write PATH`, and what it says. `plain` has the result.
const CASES: [(&str, &str, &str); 14] = [
    (
        "a link to a device",
        "ln -s /dev/null link; write link; test -L link && test -c /dev/null && echo kept",
        "kept\n",
    ),
    (
        "a link to a device that is full",
        "ln -s /dev/full link; write link > all 2>&1; echo $?; test -L link && echo kept",
        "2\nkept\n",
    ),
    (
        "a FIFO",
        "mkfifo fifo; timeout 20 cat fifo > read & write fifo; wait; test -p fifo && cmp plain read && echo read",
        "read\n",
    ),
    (
        "a FIFO whose reader goes away",
        "mkfifo fifo; timeout 20 head -c 1 fifo > read & write fifo; echo $?; wait",
        "0\n",
    ),
    (
        "a file with another mode",
        "touch file; chmod 600 file; write file; ls -l file | cut -c 1-10; cmp plain file",
        "-rw-------\n",
    ),
    (
        "a new file",
        "umask 027; write file; ls -l file | cut -c 1-10; cmp plain file",
        "-rw-r-----\n",
    ),
    (
        "a link to a file",
        "touch file; ln -s file link; write link; test -L link && cmp plain file && echo through",
        "through\n",
    ),
    (
        "a link to nothing yet",
        "mkdir there; ln -s there/file a; ln -s a b; write b; test -L a && test -L b && cmp plain there/file && echo made",
        "made\n",
    ),
    (
        "links in a circle",
        "ln -s a b; ln -s b a; write a 2> all; echo $?; test -L a && echo kept",
        "2\nkept\n",
    ),
    (
        "a read-only file",
        "echo old > file; chmod 444 file; write file 2> all; echo $?; cat file",
        "2\nold\n",
    ),
    (
        "a folder",
        "mkdir folder; write folder 2> all; echo $?; test -d folder && echo kept",
        "2\nkept\n",
    ),
    (
        "an open pipe",
        "{ write /dev/fd/3 > all; } 3>&1 | cmp plain - && echo read",
        "read\n",
    ),
    (
        "an open file that has something",
        "echo old > file; write /dev/fd/3 3>> file > all; sed 1q file; tail -c +5 file | cmp plain - && echo added",
        "old\nadded\n",
    ),
    (
        "standard output",
        "write /dev/stdout 2> all | head -c 9 > first; head -c 9 plain | cmp first - && echo same",
        "same\n",
    ),
];

#[test]
fn what_is_there_stays_what_it_is() {
    let mut wrong = Vec::new();
    for (way, writer) in WRITERS {
        for (case, does, says) in CASES {
            let folder = inputs();
            stand_in(folder.path(), "cp \"$input\" \"$output\"");
            let text = format!("write() {{ {writer}; }}\nwrite plain > all\n{does}");
            script(folder.path(), "case", &text);
            let output = std::process::Command::new("./case")
                .current_dir(&folder)
                .env("GAUGE", wasm_gauge().get_program())
                .output()
                .expect("there is a shell");
            let said = String::from_utf8_lossy(&output.stdout);
            // The sizes that `opt` prints and the table beside `--json` come before.
            if !said.ends_with(says) {
                wrong.push(format!("{way} on {case}: {said:?}, not {says:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn where_one_result_cannot_be_written_no_file_changes() {
    let folder = inputs();
    stand_in(folder.path(), "cp \"$input\" \"$output\"");
    fs::write(folder.path().join("old"), "old").expect("the folder is ours");
    symlink("/dev/full", folder.path().join("full")).expect("the folder is ours");
    for arguments in [
        "sections --json new -o missing/file guest.wasm",
        "sections --json missing/file -o new guest.wasm",
        "sections --json new guest.wasm > /dev/full",
        "sections --json new -o full guest.wasm",
        "sections --json old -o full guest.wasm",
        "sections --json old -o ./old guest.wasm",
        "opt --wasm-opt ./stand-in -o new guest.wasm > /dev/full",
    ] {
        let output = std::process::Command::new("sh")
            .current_dir(&folder)
            .args(["-c", &format!("\"$GAUGE\" {arguments}")])
            .env("GAUGE", wasm_gauge().get_program())
            .output()
            .expect("there is a shell");
        assert_eq!(output.status.code(), Some(2), "{arguments}: {output:?}");
        assert!(!folder.path().join("new").exists(), "{arguments}");
        let old = fs::read_to_string(folder.path().join("old")).expect("it is there");
        assert_eq!(old, "old", "{arguments}");
    }
}
