//! What changed between two files.

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
                let mut titles = vec![
                    title,
                    "crate",
                    "fate",
                    ">count",
                    ">old",
                    ">new",
                    ">difference",
                ];
                let mut rows = self.rows(differences);
                if !owners {
                    titles.remove(1);
                    for row in &mut rows {
                        row.remove(1);
                    }
                }
                document.heading(heading).table(&titles, rows)
            },
        )
    }
}

impl TopDiff {
    /// The rows of one table: whatever is not listed is in a row of its own, and all add up.
    fn rows(&self, differences: &Differences) -> Vec<Vec<Cell>> {
        let changed = &differences.changed;
        let (top, rest) = changed.split_at(self.top.min(changed.len()));
        let mut rows: Vec<_> = top.iter().map(row).collect();
        let sums = |of: &[Difference]| {
            of.iter().fold((0, 0, 0), |(old, new, sum), one| {
                (
                    old + one.old_bytes,
                    new + one.new_bytes,
                    sum + one.difference_bytes,
                )
            })
        };
        let mut sum = |label: String, (old, new, difference)| {
            rows.push(vec![
                Cell::Text(label),
                Cell::Text(String::new()),
                Cell::Text(String::new()),
                Cell::Text(String::new()),
                Cell::Count(old),
                Cell::Count(new),
                Cell::Change(difference),
            ]);
        };
        if !rest.is_empty() {
            let label = format!("{} more that changed", grouped(rest.len() as u64));
            sum(label, sums(rest));
        }
        let same = differences.unchanged_bytes;
        if differences.unchanged > 0 {
            let label = format!("{} as before", grouped(differences.unchanged));
            sum(label, (same, same, 0));
        }
        let (old, new, difference) = sums(changed);
        sum("total".to_owned(), (old + same, new + same, difference));
        rows
    }
}

fn row(of: &Difference) -> Vec<Cell> {
    let fate = match of.fate {
        Fate::Appeared => "appeared",
        Fate::Vanished => "vanished",
        Fate::Grew => "grew",
        Fate::Shrank => "shrank",
    };
    let count = match of.fate {
        Fate::Appeared => grouped(of.new_items),
        Fate::Vanished => grouped(of.old_items),
        _ if of.old_items == of.new_items => grouped(of.old_items),
        _ => format!("{} to {}", grouped(of.old_items), grouped(of.new_items)),
    };
    vec![
        Cell::Name(of.name.clone()),
        Cell::Name(of.owner.clone().unwrap_or_default()),
        Cell::Text(fate.to_owned()),
        Cell::Text(count),
        Cell::Count(of.old_bytes),
        Cell::Count(of.new_bytes),
        Cell::Change(of.difference_bytes),
    ]
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
