//! Every proposal that the tool knows, through everything that it does; `PROPOSALS=overwrite` rewrites
//! docs/proposals.md.

use std::collections::BTreeSet;
use std::env;
use std::fs;
use std::process::Output;

use tempfile::TempDir;
use wasm_gauge::binary::target_features::ModuleFeatures;
use wasm_gauge::binary::{Binary, proposals};
use wasm_gauge::engine;
use wasm_gauge::optimize::LEAST_WASM_OPT;

use crate::fuzz::readers;
use crate::support::proposals::{Proposal, READ, READ_IN_COMPONENTS, UNREAD};
use crate::support::{component_with, wasm_gauge};

const TABLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/proposals.md");

/// The newest wasm-opt that there is anything known of.
const NEWEST_WASM_OPT: u32 = 131;

fn read() -> impl Iterator<Item = &'static Proposal> {
    READ.iter().chain(READ_IN_COMPONENTS)
}

fn parsed(bytes: &[u8]) -> Binary<'_> {
    Binary::parse(bytes).expect("it is read")
}

/// The first wasm-opt that knows all that `binary` uses.
fn first_wasm_opt(binary: &Binary) -> u32 {
    let knows = |version: &u32| {
        binary.core_modules().all(|unit| {
            let features = ModuleFeatures::measure(binary.bytes(), unit);
            features.wasm_opt_options(*version).is_ok()
        })
    };
    (LEAST_WASM_OPT..=NEWEST_WASM_OPT)
        .find(knows)
        .expect("the newest knows all")
}

#[test]
fn the_document_says_what_is_read_optimised_and_run() {
    let mut rows = String::new();
    for (name, is_read) in proposals() {
        let row = if is_read {
            let proposal = read()
                .find(|proposal| proposal.name == name)
                .unwrap_or_else(|| panic!("there is no module of {name}"));
            let component = proposal.component();
            let binary = parsed(&component);
            let optimised = match first_wasm_opt(&binary) {
                LEAST_WASM_OPT => "yes".to_owned(),
                first => format!("wasm-opt {first} and later"),
            };
            let runs = proposal.binaries().iter().all(|bytes| {
                engine::compile(&parsed(&component_with(std::slice::from_ref(bytes)))).is_ok()
            });
            format!("yes | {optimised} | {}", if runs { "yes" } else { "no" })
        } else {
            "no | no | no".to_owned()
        };
        rows += &format!("| {name} | {row} |\n");
    }
    let known: BTreeSet<_> = proposals().map(|(name, _)| name).collect();
    let others = read().filter(|proposal| !known.contains(proposal.name));
    assert!(others.map(|proposal| proposal.name).eq(["mvp"]));
    let text = format!(
        "# Proposals\n\nWhat `wasm-gauge` does with binaries that use a proposal to extend WebAssembly: whether it reads them, whether `opt` \
         optimises them, and whether the engine in it, wasmtime, runs them. A binary that is not read is refused by the proposal's name.\n\n\
         Made by the test `proposals` of `wasm-gauge` from modules that use one proposal each: `PROPOSALS=overwrite cargo test -p wasm-gauge \
         proposals` rewrites it.\n\n| proposal | reads | optimises | runs |\n|---|---|---|---|\n{rows}"
    );
    if env::var("PROPOSALS").as_deref() == Ok("overwrite") {
        fs::write(TABLE, &text).expect("the document is ours");
    }
    let written = fs::read_to_string(TABLE).expect("the document is there");
    assert!(
        written == text,
        "docs/proposals.md is behind: PROPOSALS=overwrite rewrites it"
    );
}

#[test]
fn what_is_not_read_is_refused_by_name() {
    let named: BTreeSet<_> = UNREAD.iter().map(|proposal| proposal.name).collect();
    let known = proposals().filter(|(_, is_read)| !is_read);
    assert_eq!(named, known.map(|(name, _)| name).collect());
    for proposal in UNREAD {
        for bytes in proposal.binaries() {
            let reason = Binary::parse(&bytes).expect_err(proposal.name).line();
            assert_eq!(
                reason.split(": ").collect::<Vec<_>>()[..1],
                ["it needs what is not read here"],
                "{}: {reason}",
                proposal.name
            );
            assert!(
                reason.contains(proposal.name),
                "{}: {reason}",
                proposal.name
            );
        }
    }
}

#[test]
fn every_reader_takes_every_proposal_and_pairs_of_them() {
    let all: Vec<_> = read().collect();
    for (index, proposal) in all.iter().enumerate() {
        for bytes in proposal.binaries() {
            readers::binary(&bytes);
            readers::listings(&bytes);
            readers::profile(&bytes);
        }
        for other in &all[..index] {
            let both = component_with(&[proposal.component(), other.component()]);
            readers::binary(&both);
            readers::profile(&both);
        }
    }
}

fn run(folder: &TempDir, args: &[&str]) -> Output {
    wasm_gauge()
        .current_dir(folder)
        .args(args)
        .output()
        .expect("the tool starts")
}

#[test]
fn every_subcommand_takes_every_proposal() {
    let folder = tempfile::tempdir().expect("there is a place for temporary files");
    let write = |name: &str, bytes: &[u8]| {
        fs::write(folder.path().join(name), bytes).expect("the folder is ours");
    };
    write(
        "gauge.toml",
        b"[bans]\nstrings = [\"not there\"]\nmax-unnamed = 99\n",
    );
    write("f.jsonl", br#"{"call": "f", "args": []}"#);
    for proposal in read() {
        let bytes = proposal.component();
        write("in.wasm", &bytes);
        for (args, statuses) in [
            (&["sections", "in.wasm"][..], &[0][..]),
            (&["imports", "in.wasm"], &[0]),
            (&["exports", "in.wasm"], &[0]),
            (&["memory", "in.wasm"], &[0]),
            (&["target-features", "in.wasm"], &[0]),
            (&["measure", "in.wasm"], &[0]),
            (&["profile", "in.wasm"], &[0]),
            (&["diff", "in.wasm", "in.wasm"], &[0]),
            (&["gate", "--max-size", "1 B", "in.wasm"], &[1]),
            (&["bans", "--policy", "gauge.toml", "in.wasm"], &[0]),
            (&["call", "in.wasm", "--calls", "f.jsonl"], &[3]),
            (
                &[
                    "startup",
                    "in.wasm",
                    "--repetitions",
                    "1",
                    "--compilations",
                    "1",
                ],
                &[0, 3],
            ),
        ] {
            let output = run(&folder, args);
            let status = output.status.code().unwrap_or(-1);
            assert!(
                statuses.contains(&status),
                "{} {args:?}: {output:?}",
                proposal.name
            );
        }
        let output = run(&folder, &["opt", "-o", "out.wasm", "in.wasm"]);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        // A wasm-opt that is older than the proposal says so.
        if said.contains("is the first to know") {
            assert!(first_wasm_opt(&parsed(&bytes)) > LEAST_WASM_OPT, "{said}");
            continue;
        }
        assert!(output.status.success(), "{}: {said}", proposal.name);
        let made = fs::read(folder.path().join("out.wasm")).expect("it was written");
        assert!(made.len() <= bytes.len(), "{}", proposal.name);
        parsed(&made);
    }
}
