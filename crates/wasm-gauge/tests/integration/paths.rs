//! `paths` beside what `profile` says of the same binaries.

use std::collections::BTreeMap;
use std::fs;

use wasm_gauge::binary::Binary;
use wasm_gauge::measure::{ItemKind, Paths, Profile, Reason};

use crate::support::inputs;

#[test]
fn ways_go_through_dominators_and_lead_to_all_but_garbage() {
    let folder = inputs();
    let (mut reached, mut garbage) = (0, 0);
    for name in [
        "paths.wasm",
        "features.wasm",
        "guest.wasm",
        "worker.wasm",
        "after.opt.names.wasm",
    ] {
        let bytes = fs::read(folder.path().join(name)).expect("it is there");
        let binary = Binary::parse(&bytes).expect("it is valid");
        let profile = Profile::measure(name, &binary, None).expect("there is no twin");
        let all = [String::new()];
        let paths =
            Paths::measure(name, &binary, None, &all, usize::MAX).expect("there is no twin");
        // By kind, name and size: what has the same of all is left out.
        let mut ways = BTreeMap::new();
        for way in &paths.ways {
            let item = way.steps.last().expect("it leads to the item");
            let key = (item.kind, item.name.clone(), item.bytes);
            let others: &mut Vec<_> = ways.entry(key).or_default();
            others.push(way);
        }
        let entries = profile
            .items
            .iter()
            .filter(|item| item.kind <= ItemKind::DataSegment);
        for item in entries {
            let key = (item.kind, item.name.clone(), Some(item.bytes));
            let [way] = ways[&key][..] else {
                continue;
            };
            assert_eq!(
                way.reason == Reason::Garbage,
                item.garbage,
                "{name}: {item:?}"
            );
            if item.garbage {
                garbage += 1;
                continue;
            }
            reached += 1;
            if let Some(dominator) = item.dominator {
                let dominator = &profile.items[dominator];
                let is_on_way = way.steps.iter().any(|step| step.name == dominator.name);
                assert!(is_on_way, "{name}: {way:?} without {dominator:?}");
            }
        }
    }
    assert!(reached > 20 && garbage > 2, "{reached} {garbage}");
}
