//! Where the bytes of a file go.

use super::{Cell, Document, Show};
use crate::measure::{Item, ItemKind, Profile, Share};
use crate::units::{grouped, percent_text};

/// A profile of which the `top` largest items are shown, and the rest in one row.
#[derive(Debug)]
pub struct TopProfile {
    /// All of it: programs get this.
    pub profile: Profile,
    /// How many rows people get.
    pub top: usize,
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
        let segments: Vec<&Item> = of_kind(profile, ItemKind::DataSegment).collect();
        document
            .heading("By crate")
            .table(
                &["crate", ">items", ">bytes", ">share"],
                self.shares(&profile.crates),
            )
            .heading("Largest items")
            .table(
                &["item", "crate", ">bytes", ">share"],
                self.items(&profile.items.iter().collect::<Vec<_>>()),
            )
            .heading("Sections")
            .table(
                &["section", ">count", ">bytes", ">share"],
                self.shares(&profile.sections),
            )
            .heading("Data segments")
            .table(
                &["segment", "crate", ">bytes", ">share"],
                self.items(&segments),
            )
    }
}

impl TopProfile {
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

fn of_kind(profile: &Profile, kind: ItemKind) -> impl Iterator<Item = &Item> {
    profile.items.iter().filter(move |item| item.kind == kind)
}
