//! What changed between two files.

use super::document::Rows;
use super::{Cell, Document, Show};
use crate::measure::{Diff, Difference, Differences, Fate, Side};
use crate::units::grouped;

/// A diff of which the `top` largest differences of each table are shown, and the rest in one row.
#[derive(Debug)]
pub struct TopDiff {
    /// All of it: programs get this.
    pub diff: Diff,
    /// How many rows people get.
    pub top: usize,
}

impl serde::Serialize for TopDiff {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.diff.serialize(serializer)
    }
}

impl Show for TopDiff {
    fn document(&self) -> Document {
        let Diff { old, new, .. } = &self.diff;
        let mut document = Document::default().heading(format!(
            "{} to {}: {} B to {} B, {} B",
            old.file,
            new.file,
            grouped(old.total_bytes),
            grouped(new.total_bytes),
            Cell::Change(self.diff.difference_bytes).text(),
        ));
        let mut notes = Vec::new();
        if old.kind != new.kind {
            notes.push(format!(
                "The old file is a {}, the new one a {}: sections are compared by name, those of core modules wherever they lie.",
                old.kind, new.kind,
            ));
        }
        notes.extend(unnamed("old", old));
        notes.extend(unnamed("new", new));
        if nameless(old) != nameless(new) {
            notes.push(
                "Only one of the files has names: functions are not matched between the two."
                    .to_owned(),
            );
        }
        for note in notes {
            document = document.paragraph(note);
        }
        let tables = [
            ("By crate", "crate", false, &self.diff.crates),
            ("By function", "function", true, &self.diff.functions),
            ("By section", "section", false, &self.diff.sections),
            (
                "By data segment",
                "segment",
                false,
                &self.diff.data_segments,
            ),
        ];
        tables.into_iter().fold(
            document,
            |document, (heading, title, owners, differences)| {
                let fate = |of: &Difference| match of.fate {
                    Fate::Appeared => "appeared",
                    Fate::Vanished => "vanished",
                    Fate::Grew => "grew",
                    Fate::Shrank => "shrank",
                };
                document.heading(heading).table(
                    Rows::of(self.rows(differences))
                        .text(title, |row| match row {
                            DiffRow::Changed(of) => Cell::Name(of.name.clone()),
                            DiffRow::Sum(label, _) => Cell::Text(label.clone()),
                        })
                        .text("crate", |row| {
                            Cell::of(row.changed().and_then(|of| of.owner.clone()), Cell::Name)
                        })
                        .when(owners)
                        .text("fate", |row| {
                            Cell::of(row.changed(), |of| Cell::Text(fate(of).to_owned()))
                        })
                        .number("count", |row| {
                            Cell::of(row.changed(), |of| Cell::Text(count(of)))
                        })
                        .number("old", |row| Cell::Count(row.sums().old))
                        .number("new", |row| Cell::Count(row.sums().new))
                        .number("difference", |row| Cell::Change(row.sums().difference)),
                )
            },
        )
    }
}

/// A row of a table: what changed, or the sum of rows that are not listed.
enum DiffRow<'d> {
    Changed(&'d Difference),
    Sum(String, Sums),
}

/// Bytes in the old file and in the new one, and by how many they changed.
#[derive(Clone, Copy)]
struct Sums {
    old: u64,
    new: u64,
    difference: i64,
}

impl DiffRow<'_> {
    fn changed(&self) -> Option<&Difference> {
        match self {
            DiffRow::Changed(of) => Some(of),
            DiffRow::Sum(..) => None,
        }
    }

    fn sums(&self) -> Sums {
        match self {
            DiffRow::Changed(of) => Sums::of([*of]),
            DiffRow::Sum(_, sums) => *sums,
        }
    }
}

impl Sums {
    fn of<'d>(differences: impl IntoIterator<Item = &'d Difference>) -> Self {
        let zero = Sums {
            old: 0,
            new: 0,
            difference: 0,
        };
        differences.into_iter().fold(zero, |sums, one| Sums {
            old: sums.old + one.old_bytes,
            new: sums.new + one.new_bytes,
            difference: sums.difference + one.difference_bytes,
        })
    }
}

impl TopDiff {
    /// The rows of one table: whatever is not listed is in a row of its own, and all add up.
    fn rows<'d>(&self, differences: &'d Differences) -> Vec<DiffRow<'d>> {
        let changed = &differences.changed;
        let (top, rest) = changed.split_at(self.top.min(changed.len()));
        let mut rows: Vec<_> = top.iter().map(DiffRow::Changed).collect();
        if !rest.is_empty() {
            let label = format!("{} more that changed", grouped(rest.len() as u64));
            rows.push(DiffRow::Sum(label, Sums::of(rest)));
        }
        let same = differences.unchanged_bytes;
        if differences.unchanged > 0 {
            let label = format!("{} as before", grouped(differences.unchanged));
            let sums = Sums {
                old: same,
                new: same,
                difference: 0,
            };
            rows.push(DiffRow::Sum(label, sums));
        }
        let mut all = Sums::of(changed);
        all.old += same;
        all.new += same;
        rows.push(DiffRow::Sum("total".to_owned(), all));
        rows
    }
}

/// How many items there are, and were where that is another number.
fn count(of: &Difference) -> String {
    match of.fate {
        Fate::Appeared => grouped(of.new_items),
        Fate::Vanished => grouped(of.old_items),
        _ if of.old_items == of.new_items => grouped(of.old_items),
        _ => format!("{} to {}", grouped(of.old_items), grouped(of.new_items)),
    }
}

fn nameless(side: &Side) -> bool {
    side.functions > 0 && side.unnamed_functions == side.functions
}

/// What is said of a file, the `which` one, that lacks names.
fn unnamed(which: &str, side: &Side) -> Option<String> {
    let (named, which_ones) = match side.functions - side.unnamed_functions {
        0 => ("none".to_owned(), "they"),
        named => (grouped(named), "the others"),
    };
    (side.unnamed_functions > 0).then(|| {
        format!(
            "The {which} file has names for {named} of its {} functions: because their names are missing, {which_ones} are compared by export or index, and their crates are unknown. A twin that has the names can be given as --{which}-names TWIN.",
            grouped(side.functions),
        )
    })
}
