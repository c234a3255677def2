//! Where the bytes of a binary go: to the byte, all of them.

use std::collections::BTreeMap;

use serde::Serialize;

use super::graph;
use super::item::{Item, ItemKind, Share};
use super::monomorphizations::{Copies, Monomorphization};
use crate::Fault;
use crate::binary::{Binary, Kind, Section, Unit};
use crate::names::{Names, UNATTRIBUTED};

/// Magic and version, in front of every core module and component.
const HEADER_BYTES: u64 = 8;

/// A binary taken apart: its bytes by item, and the same bytes by crate and by section.
#[derive(Clone, Debug, Serialize, schemars::JsonSchema)]
pub struct Profile {
    /// The file's name without its folders.
    pub file: String,
    /// Bytes of the file: what the bytes of `items`, of `crates` and of `sections` each add up to.
    pub total_bytes: u64,
    /// Functions with a body.
    pub functions: u64,
    /// Those of them that no name section names.
    pub unnamed_functions: u64,
    /// By crate or library; what is not code by what it is. Largest first.
    pub crates: Vec<Share>,
    /// By section, those of the same name together. Largest first.
    pub sections: Vec<Share>,
    /// Everything, largest first.
    pub items: Vec<Item>,
    /// Generic functions of which there is more than one copy, by what the copies cost.
    pub monomorphizations: Vec<Monomorphization>,
}

impl Profile {
    /// Takes `binary`, to be called `label`, apart. Names come from `twin`, or without one from
    /// the binary itself.
    ///
    /// # Errors
    /// What is wrong with `twin`, when its core modules do not have the same code.
    pub fn measure(label: &str, binary: &Binary, twin: Option<&Binary>) -> Result<Self, Fault> {
        if let Some(twin) = twin {
            binary.check_twin(twin)?;
        }
        let mut names = twin
            .map_or_else(|| Names::of_all(binary), Names::of_all)
            .into_iter();
        let mut profile = Profile {
            file: label.to_owned(),
            total_bytes: binary.bytes().len() as u64,
            functions: 0,
            unnamed_functions: 0,
            crates: Vec::new(),
            sections: Vec::new(),
            items: Vec::new(),
            monomorphizations: Vec::new(),
        };
        let mut sections = Shares::default();
        for unit in binary.units() {
            profile.add(ItemKind::Header, kind_header(unit.kind), HEADER_BYTES);
            sections.add("header", HEADER_BYTES);
            let names = match unit.kind {
                Kind::CoreModule => names.next(),
                Kind::Component => None,
            };
            let entries = match &names {
                Some(names) => profile.add_entries(unit, names),
                None => BTreeMap::new(),
            };
            for section in &unit.sections {
                let nested = unit.kind == Kind::Component
                    && ["core module", "component"].contains(&section.name)
                    && section.id != Section::CUSTOM;
                let own = section.range.len() - if nested { section.contents.len() } else { 0 };
                let (own, custom) = (own as u64, section.id == Section::CUSTOM);
                let name = match (unit.kind, custom) {
                    (_, true) => format!("custom {:?}", section.name),
                    (Kind::Component, _) => format!("component: {}", section.name),
                    (Kind::CoreModule, _) => section.name.to_owned(),
                };
                sections.add(&name, own);
                let items = match (unit.kind, custom) {
                    (Kind::CoreModule, false) => entries.get(section.name).copied().unwrap_or(0),
                    _ => 0,
                };
                let kind = if custom {
                    ItemKind::CustomSection
                } else {
                    ItemKind::Section
                };
                profile.add(kind, name, own - items);
            }
        }
        let mut crates = Shares::default();
        for item in &profile.items {
            let name = match (&item.owner, item.kind) {
                (Some(owner), _) => owner,
                (None, ItemKind::Function) => UNATTRIBUTED,
                (None, kind) => kind.all(),
            };
            crates.add(name, item.bytes);
        }
        profile.crates = crates.sorted();
        profile.sections = sections.sorted();
        profile.sort();
        Ok(profile)
    }

    /// The `crates` crates and the `functions` functions that weigh most.
    pub fn heaviest(
        &self,
        crates: usize,
        functions: usize,
    ) -> (&[Share], impl Iterator<Item = &Item>) {
        let bodies = self
            .items
            .iter()
            .filter(|item| item.kind == ItemKind::Function);
        (
            &self.crates[..crates.min(self.crates.len())],
            bodies.take(functions),
        )
    }

    /// The largest first, by name where they are equal, so that the same binary gives the same order.
    fn sort(&mut self) {
        let mut items: Vec<_> = std::mem::take(&mut self.items)
            .into_iter()
            .enumerate()
            .collect();
        items.sort_by(|(_, a), (_, b)| b.bytes.cmp(&a.bytes).then_with(|| a.name.cmp(&b.name)));
        let mut place = vec![0; items.len()];
        for (now, (before, _)) in items.iter().enumerate() {
            place[*before] = now;
        }
        let items = items.into_iter().map(|(_, item)| Item {
            dominator: item.dominator.map(|before| place[before]),
            ..item
        });
        self.items = items.collect();
        self.monomorphizations.sort_by(|a, b| {
            let by_cost = b.savable_bytes.cmp(&a.savable_bytes);
            by_cost.then_with(|| a.name.cmp(&b.name))
        });
    }

    fn add(&mut self, kind: ItemKind, name: impl Into<String>, bytes: u64) {
        self.items.push(Item {
            kind,
            name: name.into(),
            owner: None,
            bytes,
            retained_bytes: bytes,
            dominator: None,
            garbage: false,
        });
    }

    /// Adds the functions, tables, globals and segments of `module`, and tells how many bytes they are
    /// in the section of each name.
    fn add_entries(&mut self, module: &Unit, names: &Names) -> BTreeMap<&'static str, u64> {
        let mut sections = BTreeMap::new();
        let mut copies = Copies::default();
        let mut functions = names.described();
        let first = self.items.len();
        for entry in graph::entries(module.module()) {
            let index = entry.index;
            let mut owner = None;
            let (section, name) = match entry.kind {
                ItemKind::Function => {
                    let symbol = names.functions[index].symbol;
                    let (path, library) = std::mem::take(&mut functions[index]);
                    self.functions += 1;
                    self.unnamed_functions += u64::from(symbol.is_none());
                    if let (Some(symbol), Some(path)) = (symbol, &path) {
                        copies.add(symbol, path, entry.bytes);
                    }
                    owner = Some(library);
                    ("code", path.unwrap_or_else(|| format!("function[{index}]")))
                }
                ItemKind::Table => ("table", format!("table[{index}]")),
                ItemKind::Global => ("global", format!("global[{index}]")),
                ItemKind::ElementSegment => ("element", format!("element[{index}]")),
                _ => {
                    let name = names.data_segments.get(index).copied().flatten();
                    let name = name.map_or_else(|| format!("data[{index}]"), str::to_owned);
                    ("data", name)
                }
            };
            *sections.entry(section).or_default() += entry.bytes;
            self.items.push(Item {
                kind: entry.kind,
                name,
                owner,
                bytes: entry.bytes,
                retained_bytes: entry.retained_bytes,
                dominator: entry.dominator.map(|dominator| first + dominator),
                garbage: entry.garbage,
            });
        }
        self.monomorphizations.extend(copies.of_several());
        sections
    }
}

/// Bytes added up by name.
#[derive(Default)]
struct Shares(BTreeMap<String, (u64, u64)>);

impl Shares {
    fn add(&mut self, name: &str, more: u64) {
        let (items, bytes) = self.0.entry(name.to_owned()).or_default();
        *items += 1;
        *bytes += more;
    }

    /// The largest first, by name where they are equal.
    fn sorted(self) -> Vec<Share> {
        let shares = self.0.into_iter();
        let mut shares: Vec<_> = shares
            .map(|(name, (items, bytes))| Share { name, items, bytes })
            .collect();
        shares.sort_by_key(|share| std::cmp::Reverse(share.bytes));
        shares
    }
}

fn kind_header(kind: Kind) -> String {
    format!("{kind} header")
}
