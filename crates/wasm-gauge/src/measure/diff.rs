//! What changed between two binaries: to the byte, all of it.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use serde::Serialize;

use super::{ItemKind, Profile, Share};
use crate::binary::Kind;

/// The difference of two binaries, taken apart in four ways: each adds up to `difference_bytes`.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct Diff {
    /// What is compared with.
    pub old: Side,
    /// What is compared.
    pub new: Side,
    /// Bytes of the new file less those of the old one.
    pub difference_bytes: i64,
    /// By crate or library; what is not code by what it is.
    pub crates: Differences,
    /// Functions by normalised path, those of one path together, and by index or export where
    /// nothing names them; what is no function by what it is.
    pub functions: Differences,
    /// By section, those of one name together, in whichever core module or component they are.
    pub sections: Differences,
    /// Data segments by the name that the linker gave, or by index; what is none by what it is.
    pub data_segments: Differences,
}

/// One of the two binaries.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct Side {
    /// The file's name without its folders.
    pub file: String,
    /// What the file is.
    pub kind: Kind,
    /// Bytes of the file.
    pub total_bytes: u64,
    /// Functions with a body, and how many of them no name section names: those are compared by
    /// export or index.
    pub functions: u64,
    /// See `functions`.
    pub unnamed_functions: u64,
}

/// One way of taking two binaries apart.
#[derive(Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Differences {
    /// What has other bytes than before: the largest difference first, either way.
    pub changed: Vec<Difference>,
    /// How many names have as many bytes as before.
    pub unchanged: u64,
    /// How many bytes those are.
    pub unchanged_bytes: u64,
}

/// What became of one name.
#[derive(Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Difference {
    /// The name.
    pub name: String,
    /// The crate or library of a function.
    #[serde(rename = "crate")]
    pub owner: Option<String>,
    /// Which way it went.
    pub fate: Fate,
    /// How many the old binary has of that name, and their bytes.
    pub old_items: u64,
    /// See `old_items`.
    pub old_bytes: u64,
    /// How many the new binary has of that name, and their bytes.
    pub new_items: u64,
    /// See `new_items`.
    pub new_bytes: u64,
    /// `new_bytes` less `old_bytes`.
    pub difference_bytes: i64,
}

/// Which way something went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Fate {
    /// Only the new binary has it.
    Appeared,
    /// Only the old binary has it.
    Vanished,
    /// Both have it, the new one more bytes of it.
    Grew,
    /// Both have it, the new one fewer bytes of it.
    Shrank,
}

impl Diff {
    /// Compares two binaries, each with what it is.
    pub fn of((old_kind, old): (Kind, &Profile), (new_kind, new): (Kind, &Profile)) -> Self {
        let items = |kind| Differences::of(by_name(old, kind), by_name(new, kind));
        let shares = |old, new| Differences::of(of_shares(old), of_shares(new));
        Diff {
            difference_bytes: difference(old.total_bytes, new.total_bytes),
            crates: shares(&old.crates, &new.crates),
            functions: items(ItemKind::Function),
            sections: shares(&old.sections, &new.sections),
            data_segments: items(ItemKind::DataSegment),
            old: Side::of(old_kind, old),
            new: Side::of(new_kind, new),
        }
    }
}

impl Side {
    fn of(kind: Kind, profile: &Profile) -> Self {
        Side {
            file: profile.file.clone(),
            kind,
            total_bytes: profile.total_bytes,
            functions: profile.functions,
            unnamed_functions: profile.unnamed_functions,
        }
    }
}

/// What a binary has of one name.
#[derive(Default)]
struct Amount<'a> {
    owner: Option<&'a str>,
    items: u64,
    bytes: u64,
}

/// By what it is, too: a function may be called like all data segments together.
type Amounts<'a> = BTreeMap<(ItemKind, &'a str), Amount<'a>>;

/// The items of `kind` by name, and all others by what they are.
fn by_name(profile: &Profile, kind: ItemKind) -> Amounts<'_> {
    let mut amounts = Amounts::new();
    for item in &profile.items {
        let (own, name, owner) = match item.kind {
            own if own == kind => (own, item.name.as_str(), item.owner.as_deref()),
            // One row for all that is called alike.
            ItemKind::Table | ItemKind::Global => {
                (ItemKind::Section, ItemKind::Section.all(), None)
            }
            own => (own, own.all(), None),
        };
        let amount = amounts.entry((own, name)).or_default();
        amount.owner = owner;
        amount.items += 1;
        amount.bytes += item.bytes;
    }
    amounts
}

fn of_shares(shares: &[Share]) -> Amounts<'_> {
    let amount = |share: &Share| Amount {
        owner: None,
        items: share.items,
        bytes: share.bytes,
    };
    shares
        .iter()
        // Whatever a share is of, its name is the only one.
        .map(|share| ((ItemKind::Section, share.name.as_str()), amount(share)))
        .collect()
}

impl Differences {
    fn of<'a>(mut old: Amounts<'a>, new: Amounts<'a>) -> Self {
        let mut pairs: Vec<_> = new
            .into_iter()
            .map(|(key, new)| (key, old.remove(&key), Some(new)))
            .collect();
        pairs.extend(old.into_iter().map(|(key, old)| (key, Some(old), None)));

        let mut differences = Differences {
            changed: Vec::new(),
            unchanged: 0,
            unchanged_bytes: 0,
        };
        for ((_, name), old, new) in pairs {
            let fate = match (&old, &new) {
                (None, _) => Fate::Appeared,
                (_, None) => Fate::Vanished,
                (Some(old), Some(new)) if old.bytes < new.bytes => Fate::Grew,
                (Some(old), Some(new)) if old.bytes > new.bytes => Fate::Shrank,
                (Some(old), _) => {
                    differences.unchanged += 1;
                    differences.unchanged_bytes += old.bytes;
                    continue;
                }
            };
            let (old, new) = (old.unwrap_or_default(), new.unwrap_or_default());
            differences.changed.push(Difference {
                name: name.to_owned(),
                owner: new.owner.or(old.owner).map(str::to_owned),
                fate,
                old_items: old.items,
                old_bytes: old.bytes,
                new_items: new.items,
                new_bytes: new.bytes,
                difference_bytes: difference(old.bytes, new.bytes),
            });
        }
        // By name where differences are equal, so that the same binaries give the same order.
        differences.changed.sort_by(|a, b| {
            let size = |of: &Difference| Reverse(of.difference_bytes.unsigned_abs());
            size(a).cmp(&size(b)).then_with(|| a.name.cmp(&b.name))
        });
        differences
    }
}

/// `new` less `old`; no file has 2^63 bytes.
fn difference(old: u64, new: u64) -> i64 {
    new.cast_signed() - old.cast_signed()
}
