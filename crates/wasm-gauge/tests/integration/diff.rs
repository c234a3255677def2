//! What changed between two binaries: every byte of the difference is in one row of each table.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use wasm_gauge::binary::Binary;
use wasm_gauge::measure::{Diff, Difference, Differences, Fate, Profile};

use crate::support;

fn diff(old: &[u8], new: &[u8]) -> Diff {
    let [old, new] = [("old.wasm", old), ("new.wasm", new)].map(|(label, bytes)| {
        let binary = Binary::parse(bytes).expect("the binary is valid");
        let profile = Profile::measure(label, &binary, None).expect("it has no twin");
        (binary.kind(), profile)
    });
    Diff::of((old.0, &old.1), (new.0, &new.1))
}

fn tables(diff: &Diff) -> [&Differences; 4] {
    [
        &diff.crates,
        &diff.functions,
        &diff.sections,
        &diff.data_segments,
    ]
}

/// Whether each table comes to the size of both files and to their difference, and is in order.
fn adds_up(diff: &Diff) -> bool {
    tables(diff).into_iter().all(|table| {
        let sum = |of: fn(&Difference) -> u64| {
            table.unchanged_bytes + table.changed.iter().map(of).sum::<u64>()
        };
        let difference = |of: &Difference| of.difference_bytes;
        sum(|of| of.old_bytes) == diff.old.total_bytes
            && sum(|of| of.new_bytes) == diff.new.total_bytes
            && table.changed.iter().map(difference).sum::<i64>() == diff.difference_bytes
            && table
                .changed
                .is_sorted_by_key(|of| std::cmp::Reverse(difference(of).abs()))
            && table.changed.iter().all(|of| match of.fate {
                Fate::Appeared => of.old_items == 0 && of.new_items > 0,
                Fate::Vanished => of.old_items > 0 && of.new_items == 0,
                Fate::Grew => of.old_items > 0 && of.old_bytes < of.new_bytes,
                Fate::Shrank => of.new_items > 0 && of.old_bytes > of.new_bytes,
            })
    })
}

/// A program of functions that may be of one path, and may be called as tables call the rest.
fn any_program() -> impl Strategy<Value = Vec<u8>> {
    const SYMBOLS: [&str; 7] = [
        "_RNvCs1_4demo5parse",
        "_RNvCs2_4demo5parse",
        "_ZN4demo5parse17h0123456789abcdefE",
        "_ZN4core3fmt5write17h0123456789abcdefE",
        "memcpy",
        "__multi3",
        "(data segments)",
    ];
    let function = (select(&SYMBOLS[..]), 3..400_usize);
    (vec(function, 0..8), "[a-z]{0,40}", any::<bool>()).prop_map(|(mut functions, data, names)| {
        // Text cannot give two functions the same name.
        functions.sort_unstable();
        functions.dedup_by_key(|(symbol, _)| *symbol);
        support::program(&functions, &data, names)
    })
}

proptest! {
    #[test]
    fn every_table_adds_up_to_the_difference(
        old in prop_oneof![any_program(), support::any_binary()],
        new in prop_oneof![any_program(), support::any_binary()],
    ) {
        prop_assert!(adds_up(&diff(&old, &new)));
        let same = diff(&old, &old);
        prop_assert!(adds_up(&same) && tables(&same).iter().all(|table| table.changed.is_empty()));
    }

    #[test]
    fn one_component_in_another_adds_up(core in any_program(), names: bool) {
        let inner = [&support::COMPONENT[..], &support::section(1, &core, 1)].concat();
        let outer = [&support::COMPONENT[..], &support::section(4, &inner, 0)].concat();
        for (old, new) in [(&core, &inner), (&inner, &outer), (&outer, &core)] {
            let diff = diff(old, new);
            prop_assert!(adds_up(&diff));
            // The functions are the same ones, wherever they lie.
            let functions = |of: &&Difference| !of.name.starts_with('(');
            prop_assert_eq!(diff.functions.changed.iter().filter(functions).count(), 0);
        }
        let before = support::program(&support::BEFORE, "", names);
        prop_assert!(adds_up(&diff(&before, &outer)));
    }
}

#[test]
fn functions_are_matched_by_path() {
    let [old, new] = [support::BEFORE, support::AFTER]
        .map(|functions| support::program(&functions, "0123456789", true));
    let diff = diff(&old, &new);
    let rows: Vec<_> = diff
        .functions
        .changed
        .iter()
        .filter(|of| of.owner.is_some())
        .map(|of| {
            let owner = of.owner.as_deref().unwrap_or_default();
            (of.name.as_str(), owner, of.fate, of.difference_bytes)
        })
        .collect();
    // A length of two bytes is in front of the bodies that are longer than 127 bytes.
    assert_eq!(
        rows,
        [
            ("fresh::encode", "fresh", Fate::Appeared, 2_002),
            ("demo::parse", "demo", Fate::Grew, 600),
            ("fresh::decode", "fresh", Fate::Appeared, 522),
            ("demo::write", "demo", Fate::Shrank, 402 - (302 + 202)),
            ("core::fmt::write_str", "core", Fate::Vanished, -41),
        ]
    );
    let write = diff
        .functions
        .changed
        .iter()
        .find(|of| of.name == "demo::write");
    let write = write.expect("it is listed");
    assert_eq!((write.old_items, write.new_items), (2, 1));
}
