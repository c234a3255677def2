//! Where the bytes of a file go.

use std::collections::BTreeMap;

use super::{Cell, Document, Show};
use crate::measure::{Item, ItemKind, Monomorphization, Profile, Share};
use crate::units::{grouped, percent_text};

/// A profile of which people get some tables, and the largest rows of those.
#[derive(Debug)]
pub struct TopProfile {
    /// All of it: programs get this.
    pub profile: Profile,
    /// The tables that people get, in this order.
    pub tables: Vec<ProfileTable>,
    /// How many rows they get of each; what is left is one row.
    pub top: usize,
    /// How many levels of the dominator tree they get.
    pub depth: usize,
}

/// One way to look at a profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProfileTable {
    /// Bytes by crate or library.
    Crates,
    /// The largest items.
    Items,
    /// Bytes by section.
    Sections,
    /// Data segments.
    Data,
    /// Items under the item that alone keeps them.
    Dominators,
    /// Generic functions by what their copies cost.
    Monomorphizations,
    /// Items that nothing needs.
    Garbage,
}

impl serde::Serialize for TopProfile {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.profile.serialize(serializer)
    }
}

impl Show for TopProfile {
    fn document(&self) -> Document {
        let profile = &self.profile;
        let mut document = Document::default().heading(format!(
            "{}: {} B",
            profile.file,
            grouped(profile.total_bytes)
        ));
        if profile.unnamed_functions > 0 {
            document = document.paragraph(format!(
                "The name section names {} of {} functions: the others go by export or index, and their crates are unknown. A twin that has the names can be given as --names TWIN.",
                grouped(profile.functions - profile.unnamed_functions),
                grouped(profile.functions),
            ));
        }
        self.tables
            .iter()
            .fold(document, |document, table| self.table(document, *table))
    }
}

impl TopProfile {
    fn table(&self, document: Document, table: ProfileTable) -> Document {
        let Profile {
            crates,
            sections,
            items,
            ..
        } = &self.profile;
        let items_that = |holds: fn(&Item) -> bool| {
            let items: Vec<&Item> = items.iter().filter(|item| holds(item)).collect();
            self.items(&items)
        };
        const ITEM: [&str; 5] = ["item", "crate", ">bytes", ">retained", ">share"];
        match table {
            ProfileTable::Crates => document.heading("By crate").table(
                &["crate", ">items", ">bytes", ">share"],
                self.shares(crates),
            ),
            ProfileTable::Items => document
                .heading("Largest items")
                .table(&ITEM, items_that(|_| true)),
            ProfileTable::Sections => document.heading("Sections").table(
                &["section", ">count", ">bytes", ">share"],
                self.shares(sections),
            ),
            ProfileTable::Data => document.heading("Data segments").table(
                &["segment", "crate", ">bytes", ">retained", ">share"],
                items_that(|item| item.kind == ItemKind::DataSegment),
            ),
            ProfileTable::Dominators => document.heading("Dominator tree").table(
                &["item", "crate", ">bytes", ">retained", ">share retained"],
                self.dominators(),
            ),
            ProfileTable::Monomorphizations => {
                document.heading("Copies of generic functions").table(
                    &[
                        "function",
                        ">copies",
                        ">bytes",
                        ">could save at most",
                        ">share",
                    ],
                    self.monomorphizations(),
                )
            }
            ProfileTable::Garbage => document
                .heading("Garbage: no export, start function or active segment leads there")
                .table(&ITEM, items_that(|item| item.garbage)),
        }
    }

    /// The items that retain most within the depth: with each its dominator, which retains more.
    fn dominators(&self) -> Vec<Vec<Cell>> {
        let items = &self.profile.items;
        let dominator = |index: &usize| items[*index].dominator;
        let depths = depths(items);
        let mut heaviest: Vec<usize> = (0..items.len())
            .filter(|index| !items[*index].garbage && depths[*index] < self.depth)
            .collect();
        heaviest.sort_by_key(|index| std::cmp::Reverse(items[*index].retained_bytes));
        heaviest.truncate(self.top);
        let mut below: BTreeMap<Option<usize>, Vec<usize>> = BTreeMap::new();
        // The lightest first, so that the heaviest is the last of its level.
        for index in heaviest.into_iter().rev() {
            below.entry(dominator(&index)).or_default().push(index);
        }
        let mut rows = Vec::new();
        let mut levels = vec![below.remove(&None).unwrap_or_default()];
        while let Some(level) = levels.last_mut() {
            let Some(index) = level.pop() else {
                levels.pop();
                continue;
            };
            let item = &items[index];
            rows.push(vec![
                Cell::Name(format!("{}{}", "· ".repeat(levels.len() - 1), item.name)),
                Cell::Name(item.owner.clone().unwrap_or_default()),
                Cell::Count(item.bytes),
                Cell::Count(item.retained_bytes),
                self.share(item.retained_bytes),
            ]);
            levels.push(below.remove(&Some(index)).unwrap_or_default());
        }
        rows
    }

    fn monomorphizations(&self) -> Vec<Vec<Cell>> {
        let all = &self.profile.monomorphizations;
        let (top, rest) = all.split_at(self.top.min(all.len()));
        let row = |name: Cell, of: &[Monomorphization]| {
            let sum = |field: fn(&Monomorphization) -> u64| of.iter().map(field).sum();
            let savable = sum(|generic| generic.savable_bytes);
            vec![
                name,
                Cell::Count(sum(|generic| generic.copies)),
                Cell::Count(sum(|generic| generic.bytes)),
                Cell::Count(savable),
                self.share(savable),
            ]
        };
        let mut rows: Vec<_> = top
            .chunks(1)
            .map(|generic| row(Cell::Name(generic[0].name.clone()), generic))
            .collect();
        if !rest.is_empty() {
            let label = format!("{} more", grouped(rest.len() as u64));
            rows.push(row(Cell::Text(label), rest));
        }
        rows.push(row(Cell::Text("total".to_owned()), all));
        rows
    }

    fn share(&self, bytes: u64) -> Cell {
        let points = u128::from(bytes) * 10_000 / u128::from(self.profile.total_bytes.max(1));
        // No more than all of it: 10,000.
        Cell::Text(percent_text(points as i64))
    }

    fn shares(&self, shares: &[Share]) -> Vec<Vec<Cell>> {
        let row = |share: &Share| {
            vec![
                Cell::Name(share.name.clone()),
                Cell::Count(share.items),
                Cell::Count(share.bytes),
                self.share(share.bytes),
            ]
        };
        let sum = shares.iter().map(|share| share.bytes).sum();
        let total = vec![
            Cell::Text("total".to_owned()),
            Cell::Count(shares.iter().map(|share| share.items).sum()),
            Cell::Count(sum),
            self.share(sum),
        ];
        shares.iter().map(row).chain([total]).collect()
    }

    fn items(&self, items: &[&Item]) -> Vec<Vec<Cell>> {
        let (top, rest) = items.split_at(self.top.min(items.len()));
        let mut rows: Vec<_> = top
            .iter()
            .map(|item| {
                vec![
                    Cell::Name(item.name.clone()),
                    Cell::Name(item.owner.clone().unwrap_or_default()),
                    Cell::Count(item.bytes),
                    Cell::Count(item.retained_bytes),
                    self.share(item.bytes),
                ]
            })
            .collect();
        let mut sum = |label: String, items: &[&Item]| {
            let bytes = items.iter().map(|item| item.bytes).sum();
            rows.push(vec![
                Cell::Text(label),
                Cell::Text(String::new()),
                Cell::Count(bytes),
                // Items that dominate each other retain the same bytes.
                Cell::Text(String::new()),
                self.share(bytes),
            ]);
        };
        if !rest.is_empty() {
            sum(format!("{} more", grouped(rest.len() as u64)), rest);
        }
        sum("total".to_owned(), items);
        rows
    }
}

/// How many items dominate each.
fn depths(items: &[Item]) -> Vec<usize> {
    let mut depths: Vec<Option<usize>> = vec![None; items.len()];
    let mut path = Vec::new();
    for index in 0..items.len() {
        let mut next = Some(index);
        while let Some(at) = next.filter(|at| depths[*at].is_none()) {
            path.push(at);
            next = items[at].dominator;
        }
        let mut depth = next
            .and_then(|known| depths[known])
            .map_or(0, |depth| depth + 1);
        while let Some(at) = path.pop() {
            depths[at] = Some(depth);
            depth += 1;
        }
    }
    depths.into_iter().flatten().collect()
}
