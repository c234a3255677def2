//! Generic functions of which a core module has more than one copy.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::names::generic;

/// The copies of one generic function in one core module.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, schemars::JsonSchema)]
pub struct Monomorphization {
    /// The path without generic arguments; of methods that more than one type has from one `impl` or
    /// from the trait, `<_ as Trait>::method`.
    pub name: String,
    /// How many copies.
    pub copies: u64,
    /// Bytes of all copies.
    pub bytes: u64,
    /// Bytes of all copies but the largest: no more than these could be saved by having one copy.
    pub savable_bytes: u64,
}

/// Functions by the generic function that they may be copies of.
#[derive(Default)]
pub(super) struct Copies<'a>(BTreeMap<(&'a str, String), Group>);

struct Group {
    /// Of all its copies, if it is the same.
    name: Option<String>,
    copies: u64,
    bytes: u64,
    largest: u64,
}

impl<'a> Copies<'a> {
    /// Adds a function of `bytes` bytes.
    pub fn add(&mut self, symbol: &'a str, path: &str, bytes: u64) {
        let Some(generic) = generic(symbol, path) else {
            return;
        };
        let key = (generic.place, generic.template);
        let group = self.0.entry(key).or_insert_with(|| Group {
            name: Some(generic.name.clone()),
            copies: 0,
            bytes: 0,
            largest: 0,
        });
        group.name.take_if(|name| *name != generic.name);
        group.copies += 1;
        group.bytes += bytes;
        group.largest = group.largest.max(bytes);
    }

    /// Those of which there is more than one copy.
    pub fn of_several(self) -> impl Iterator<Item = Monomorphization> {
        let groups = self.0.into_iter().filter(|(_, group)| group.copies > 1);
        groups.map(|((_, template), group)| Monomorphization {
            name: group.name.unwrap_or(template),
            copies: group.copies,
            bytes: group.bytes,
            savable_bytes: group.bytes - group.largest,
        })
    }
}
