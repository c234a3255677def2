//! Where sections lie: they fill their units without gap or overlap, however lengths are encoded.

use proptest::prelude::*;
use wasm_gauge::binary::{Binary, Kind, Section, Unit, replace_core_modules};

use crate::support::{self, COMPONENT, any_binary, any_module, section};

/// Whether the sections of `unit` fill it, from its header to its end.
fn is_filled(unit: &Unit) -> bool {
    let mut end = unit.range.start + 8;
    unit.sections.iter().all(|section| {
        let follows = section.range.start == end;
        end = section.range.end;
        follows
            && section.range.end == section.contents.end
            && section.range.start < section.contents.start
    }) && end == unit.range.end
}

proptest! {
    #[test]
    fn sections_fill_the_file(bytes in any_binary()) {
        let binary = Binary::parse(&bytes).expect("it is valid");
        let units = binary.units();
        prop_assert_eq!(&units[0].range, &(0..bytes.len()));
        for unit in units {
            prop_assert!(is_filled(unit), "{unit:?}");
        }
        // Each unit but the file itself is the contents of one section of another.
        let nested: Vec<_> = units
            .iter()
            .filter(|unit| unit.kind == Kind::Component)
            .flat_map(|unit| &unit.sections)
            .filter(|section| ["core module", "component"].contains(&section.name))
            .map(|section| section.contents.clone())
            .collect();
        for unit in &units[1..] {
            prop_assert_eq!(nested.iter().filter(|range| **range == unit.range).count(), 1);
        }
        prop_assert_eq!(nested.len(), units.len() - 1);
        for module in binary.core_modules() {
            prop_assert!(Binary::parse(&bytes[module.range.clone()]).is_ok());
        }
    }

    #[test]
    fn what_is_cut_off_or_changed_is_refused_or_read(
        bytes in any_binary(),
        cut: prop::sample::Index,
        at: prop::sample::Index,
        byte: u8,
    ) {
        let mut changed = bytes.clone();
        changed[at.index(bytes.len())] = byte;
        for bytes in [&bytes[..cut.index(bytes.len())], &changed] {
            if let Ok(binary) = Binary::parse(bytes) {
                prop_assert!(binary.units().iter().all(is_filled));
            }
        }
    }
}

#[test]
fn sections_have_the_names_of_the_specification() {
    let names = |bytes: &[u8]| -> Vec<String> {
        let binary = Binary::parse(bytes).expect("the fixture is valid");
        let sections = binary.units()[0].sections.iter();
        sections.map(|section| section.name.to_owned()).collect()
    };
    let core = support::module_with_world("guest.wat", "guest.wit");
    assert_eq!(
        names(&core)[..7],
        [
            "type", "function", "memory", "global", "export", "code", "data"
        ]
    );
    let component = support::component(&core);
    for name in [
        "core module",
        "core instance",
        "alias",
        "type",
        "canonical function",
        "export",
    ] {
        assert!(
            names(&component).iter().any(|found| found == name),
            "{name}"
        );
    }
    let binary = Binary::parse(&core).expect("the fixture is valid");
    let custom: Vec<_> = binary.units()[0]
        .sections
        .iter()
        .filter(|section| section.id == Section::CUSTOM)
        .map(|section| section.name)
        .collect();
    assert!(
        custom.iter().any(|name| name.starts_with("component-type")),
        "{custom:?}"
    );
}

#[test]
fn nesting_has_a_limit() {
    let nested = |levels: usize| {
        (1..levels).fold(COMPONENT.to_vec(), |inner, _| {
            [&COMPONENT[..], &section(4, &inner, 0)].concat()
        })
    };
    let deep = nested(100);
    let units = Binary::parse(&deep).map(|binary| binary.units().len());
    assert_eq!(units.expect("it is not too deep"), 100);
    let error = Binary::parse(&nested(101)).expect_err("it is too deep");
    assert_eq!(error.to_string(), "nested more than 100 levels deep");
}

proptest! {
    #[test]
    fn core_modules_are_replaced_and_nothing_else(
        bytes in any_binary(),
        replacement in any_module(),
        chosen: prop::sample::Index,
    ) {
        let binary = Binary::parse(&bytes).expect("it is valid");
        // What is not replaced stays, and so does what is replaced by itself.
        prop_assert_eq!(&replace_core_modules(&binary, |_, _| None), &bytes);
        prop_assert_eq!(&replace_core_modules(&binary, |_, old| Some(old.to_vec())), &bytes);

        let count = binary.core_modules().count();
        prop_assume!(count > 0);
        let chosen = binary.core_modules().nth(chosen.index(count)).expect("it is one of them");
        let start = chosen.range.start;
        let rewritten = replace_core_modules(&binary, |unit, _| {
            (unit.range.start == start).then(|| replacement.clone())
        });
        let after = Binary::parse(&rewritten).expect("it is valid");
        prop_assert_eq!(after.units().len(), binary.units().len());
        for (old, new) in binary.units().iter().zip(after.units()) {
            let new_bytes = &rewritten[new.range.clone()];
            if old.range.start == start {
                prop_assert_eq!(new_bytes, &replacement);
            } else if !old.range.contains(&start) {
                prop_assert_eq!(new_bytes, &bytes[old.range.clone()]);
            } else {
                // It encloses the replaced one: the other sections are the same, headers included.
                prop_assert_eq!(new.sections.len(), old.sections.len());
                for (old, new) in old.sections.iter().zip(&new.sections) {
                    if !old.contents.contains(&start) {
                        prop_assert_eq!(&rewritten[new.range.clone()], &bytes[old.range.clone()]);
                    }
                }
            }
        }
        // And back again, but for the lengths that were encoded anew.
        let original = bytes[chosen.range.clone()].to_vec();
        let back = replace_core_modules(&after, |unit, _| {
            let index = after.units().iter().position(|other| other.range == unit.range);
            let old = index.map(|index| binary.units()[index].range.start);
            (old == Some(start)).then(|| original.clone())
        });
        prop_assert!(back.len() <= bytes.len());
    }
}
