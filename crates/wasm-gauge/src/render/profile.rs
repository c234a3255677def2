//! Where the bytes of a file go.

use std::collections::BTreeMap;

use super::document::Rows;
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
        let items_that = |document: Document, name, holds: fn(&Item) -> bool| {
            let items: Vec<&Item> = items.iter().filter(|item| holds(item)).collect();
            let mut rows = self.listed(&items);
            rows.push(ItemRow::Sum("total".to_owned(), items));
            document.table(self.item_rows(rows, name, false))
        };
        let shares = |document: Document, (name, count), shares: &[Share]| {
            let total = Share {
                name: "total".to_owned(),
                items: shares.iter().map(|share| share.items).sum(),
                bytes: shares.iter().map(|share| share.bytes).sum(),
            };
            let rows = shares.iter().map(|share| (share, false));
            document.table(
                Rows::of(rows.chain([(&total, true)]))
                    .text(name, |(share, is_total)| match is_total {
                        true => Cell::Text(share.name.clone()),
                        false => Cell::Name(share.name.clone()),
                    })
                    .number(count, |(share, _)| Cell::Count(share.items))
                    .number("bytes", |(share, _)| Cell::Count(share.bytes))
                    .number("share", |(share, _)| self.share(share.bytes)),
            )
        };
        match table {
            ProfileTable::Crates => {
                shares(document.heading("By crate"), ("crate", "items"), crates)
            }
            ProfileTable::Items => items_that(document.heading("Largest items"), "item", |_| true),
            ProfileTable::Sections => {
                shares(document.heading("Sections"), ("section", "count"), sections)
            }
            ProfileTable::Data => {
                items_that(document.heading("Data segments"), "segment", |item| {
                    item.kind == ItemKind::DataSegment
                })
            }
            ProfileTable::Dominators => document.heading("Dominator tree").table(self.item_rows(
                self.dominators(),
                "item",
                true,
            )),
            ProfileTable::Monomorphizations => {
                self.monomorphizations(document.heading("Copies of generic functions"))
            }
            ProfileTable::Garbage => {
                const HEADING: &str =
                    "Garbage: no export, start function or active segment leads there";
                items_that(document.heading(HEADING), "item", |item| item.garbage)
            }
        }
    }

    /// The columns of items; the share is that of what they retain where it is `retained`.
    fn item_rows<'p>(
        &'p self,
        rows: Vec<ItemRow<'p>>,
        name: &'static str,
        retained: bool,
    ) -> Rows<'p, Vec<ItemRow<'p>>> {
        Rows::of(rows)
            .text(name, |row| match row {
                ItemRow::Item(level, item) => {
                    Cell::Name(format!("{}{}", "· ".repeat(*level), item.name))
                }
                ItemRow::Sum(label, _) => Cell::Text(label.clone()),
            })
            .text("crate", |row| {
                Cell::of(row.item().and_then(|item| item.owner.clone()), Cell::Name)
            })
            .number("bytes", |row| Cell::Count(row.bytes()))
            // Items that dominate each other retain the same bytes: they have no sum.
            .number("retained", |row| {
                Cell::of(row.item(), |item| Cell::Count(item.retained_bytes))
            })
            .number("share", |row| self.share(row.bytes()))
            .when(!retained)
            .number("share retained", |row| {
                Cell::of(row.item(), |item| self.share(item.retained_bytes))
            })
            .when(retained)
    }

    /// The items that retain most within the depth: with each its dominator, which retains more.
    fn dominators(&self) -> Vec<ItemRow<'_>> {
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
            rows.push(ItemRow::Item(levels.len() - 1, &items[index]));
            levels.push(below.remove(&Some(index)).unwrap_or_default());
        }
        rows
    }

    fn monomorphizations(&self, document: Document) -> Document {
        let all = &self.profile.monomorphizations;
        let (top, rest) = all.split_at(self.top.min(all.len()));
        let mut rows: Vec<_> = top
            .chunks(1)
            .map(|generic| (Cell::Name(generic[0].name.clone()), generic))
            .collect();
        if !rest.is_empty() {
            let label = format!("{} more", grouped(rest.len() as u64));
            rows.push((Cell::Text(label), rest));
        }
        rows.push((Cell::Text("total".to_owned()), all));
        type Generics<'p> = (Cell, &'p [Monomorphization]);
        let sum = |(_, of): &Generics, field: fn(&Monomorphization) -> u64| -> u64 {
            of.iter().map(field).sum()
        };
        let savable = move |row: &Generics| sum(row, |generic| generic.savable_bytes);
        document.table(
            Rows::of(rows)
                .text("function", |(name, _)| name.clone())
                .number("copies", |row| {
                    Cell::Count(sum(row, |generic| generic.copies))
                })
                .number("bytes", |row| {
                    Cell::Count(sum(row, |generic| generic.bytes))
                })
                .number("could save at most", |row| Cell::Count(savable(row)))
                .number("share", |row| self.share(savable(row))),
        )
    }

    fn share(&self, bytes: u64) -> Cell {
        let points = u128::from(bytes) * 10_000 / u128::from(self.profile.total_bytes.max(1));
        // No more than all of it: 10,000.
        Cell::Text(percent_text(points as i64))
    }

    /// The largest of `items`, and the others together.
    fn listed<'p>(&self, items: &[&'p Item]) -> Vec<ItemRow<'p>> {
        let (top, rest) = items.split_at(self.top.min(items.len()));
        let mut rows: Vec<_> = top.iter().map(|item| ItemRow::Item(0, item)).collect();
        if !rest.is_empty() {
            let label = format!("{} more", grouped(rest.len() as u64));
            rows.push(ItemRow::Sum(label, rest.to_vec()));
        }
        rows
    }
}

/// A row of items: one at its level of a tree, or several together.
enum ItemRow<'p> {
    Item(usize, &'p Item),
    Sum(String, Vec<&'p Item>),
}

impl ItemRow<'_> {
    fn item(&self) -> Option<&Item> {
        match self {
            ItemRow::Item(_, item) => Some(item),
            ItemRow::Sum(..) => None,
        }
    }

    fn bytes(&self) -> u64 {
        match self {
            ItemRow::Item(_, item) => item.bytes,
            ItemRow::Sum(_, items) => items.iter().map(|item| item.bytes).sum(),
        }
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
