//! What each byte of a binary is of, in rows that a record can keep and a page can draw.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{ItemKind, Monomorphization, Profile};
use crate::names::UNATTRIBUTED;

/// A binary's bytes by function, data segment and section.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Breakdown {
    /// Bytes of the file: what the bytes of `parts` add up to.
    pub total_bytes: u64,
    /// Functions with a body.
    pub functions: u64,
    /// Those of them that nothing names.
    pub unnamed_functions: u64,
    /// What the file consists of, the largest first.
    pub parts: Vec<Part>,
    /// Generic functions of which there is more than one copy, by what the copies cost.
    pub monomorphizations: Vec<Monomorphization>,
}

/// All items of one name.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Part {
    /// Whether it is a function.
    pub function: bool,
    /// The crate or library of a function; of anything else what it is.
    #[serde(rename = "crate")]
    pub owner: String,
    /// Of functions their normalised path.
    pub name: String,
    /// How many there are of that name.
    pub items: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Their bytes and those of all that would go if they did.
    pub retained_bytes: u64,
}

impl Breakdown {
    /// What `profile` says, with items of one name together.
    pub fn of(profile: Profile) -> Self {
        let mut places = BTreeMap::new();
        let mut parts = Vec::new();
        let part_of: Vec<usize> = profile
            .items
            .iter()
            .map(|item| {
                let owner = match (&item.owner, item.kind) {
                    (Some(owner), _) => owner,
                    (None, ItemKind::Function) => UNATTRIBUTED,
                    (None, kind) => kind.all(),
                };
                let function = item.kind == ItemKind::Function;
                let place = places.entry((function, owner, &item.name));
                *place.or_insert_with(|| {
                    parts.push(Part {
                        function,
                        owner: owner.to_owned(),
                        name: item.name.clone(),
                        items: 0,
                        bytes: 0,
                        retained_bytes: 0,
                    });
                    parts.len() - 1
                })
            })
            .collect();
        let nested = nested(&profile, &part_of, parts.len());
        for ((item, place), nested) in profile.items.iter().zip(part_of).zip(nested) {
            let part = &mut parts[place];
            part.items += 1;
            part.bytes += item.bytes;
            part.retained_bytes += if nested { 0 } else { item.retained_bytes };
        }
        parts.sort_by(|a, b| {
            let by_size = b.bytes.cmp(&a.bytes);
            by_size.then_with(|| (&a.owner, &a.name).cmp(&(&b.owner, &b.name)))
        });
        Breakdown {
            total_bytes: profile.total_bytes,
            functions: profile.functions,
            unnamed_functions: profile.unnamed_functions,
            parts,
            monomorphizations: profile.monomorphizations,
        }
    }

    /// Bytes of its functions by crate, and of everything else by what it is.
    pub fn crates(&self) -> BTreeMap<&str, u64> {
        let mut crates = BTreeMap::new();
        for part in &self.parts {
            *crates.entry(part.owner.as_str()).or_default() += part.bytes;
        }
        crates
    }
}

/// Which items of `profile` are retained by another one of the same part: what retains them counts them already.
/// `part_of` tells the part of each item, of `parts` parts.
fn nested(profile: &Profile, part_of: &[usize], parts: usize) -> Vec<bool> {
    let mut below = vec![Vec::new(); profile.items.len()];
    let mut next: Vec<(usize, bool)> = Vec::new();
    for (index, item) in profile.items.iter().enumerate() {
        match item.dominator {
            Some(dominator) => below[dominator].push(index),
            None => next.push((index, true)),
        }
    }
    let mut nested = vec![false; profile.items.len()];
    // How many items of each part are above the one that is looked at.
    let mut above = vec![0_u64; parts];
    while let Some((index, enters)) = next.pop() {
        let above = &mut above[part_of[index]];
        if enters {
            nested[index] = *above > 0;
            *above += 1;
            next.push((index, false));
            next.extend(below[index].iter().map(|index| (*index, true)));
        } else {
            *above -= 1;
        }
    }
    nested
}
