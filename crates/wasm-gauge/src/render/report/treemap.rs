//! Binaries as nested rectangles: by crate, module and function, each as large as its bytes.

use std::collections::BTreeMap;

use serde::Serialize;
use streemap::{Rect, squarify};

use super::words::shortened;
use crate::escape::printable;
use crate::judge::since::PartChange;
use crate::measure::Breakdown;
use crate::names::segments;

/// The sides of a map, in its own units.
const WIDTH: f64 = 10_000.0;
/// See [`WIDTH`].
const HEIGHT: f64 = 6_000.0;

/// Paths of more segments are cut there.
const DEEPEST: usize = 12;

/// Longer names are cut in the middle.
const LONGEST_NAME: usize = 240;

/// Names by number, so that each is written once.
#[derive(Default)]
pub struct NumberedNames {
    numbers: BTreeMap<String, usize>,
    pub list: Vec<String>,
}

impl NumberedNames {
    fn number(&mut self, name: &str) -> usize {
        let shown = shortened(&printable(name), LONGEST_NAME);
        *self.numbers.entry(shown).or_insert_with_key(|name| {
            self.list.push(name.clone());
            self.list.len() - 1
        })
    }
}

/// A rectangle and those in it: the number of its name, its bytes, a second number, x, y, width, height, and those in
/// it. The second number is the bytes that would go with it, or in a map of differences those that were there before.
#[derive(Serialize)]
pub struct Tile(usize, i64, u64, i32, i32, i32, i32, Vec<Tile>);

/// What a leaf has.
#[derive(Clone, Copy)]
struct TileBytes {
    /// What is shown of it.
    shown: i64,
    /// See [`Tile`].
    second: u64,
}

/// A crate, a module, or a function.
#[derive(Default)]
struct Branch {
    inner: BTreeMap<String, Branch>,
    leaves: Vec<(String, TileBytes)>,
}

/// The map of a binary. What is less than one of `fineness` parts of it is one rectangle with its like.
pub fn of_binary(breakdown: &Breakdown, fineness: u64, names: &mut NumberedNames) -> Tile {
    let parts = breakdown.parts.iter().map(|part| {
        let bytes = TileBytes {
            shown: part.bytes.cast_signed(),
            second: part.retained_bytes,
        };
        (
            part.function,
            part.owner.as_str(),
            part.name.as_str(),
            bytes,
        )
    });
    tile(parts, fineness, names)
}

/// The map of differences.
pub fn of_changes(parts: &[PartChange], fineness: u64, names: &mut NumberedNames) -> Tile {
    let parts = parts.iter().map(|part| {
        let bytes = TileBytes {
            shown: part.difference(),
            second: part.base_bytes,
        };
        (
            part.function,
            part.owner.as_str(),
            part.name.as_str(),
            bytes,
        )
    });
    tile(parts, fineness, names)
}

fn tile<'a>(
    parts: impl Iterator<Item = (bool, &'a str, &'a str, TileBytes)>,
    fineness: u64,
    names: &mut NumberedNames,
) -> Tile {
    let mut root = Branch::default();
    let mut all = 0;
    for (function, owner, name, bytes) in parts {
        all += bytes.shown.unsigned_abs();
        let crate_node = root.inner.entry(owner.to_owned()).or_default();
        if !function {
            crate_node.leaves.push((name.to_owned(), bytes));
            continue;
        }
        let mut path = segments(name);
        if path.len() > 1 && path[0] == owner {
            path.remove(0);
        }
        let modules = path.len().saturating_sub(1).min(DEEPEST);
        let leaf = match path[modules..].join("::") {
            empty if empty.is_empty() => name.to_owned(),
            leaf => leaf,
        };
        let node = path[..modules].iter().fold(crate_node, |node, module| {
            node.inner.entry((*module).to_owned()).or_default()
        });
        node.leaves.push((leaf, bytes));
    }
    let whole = Rect {
        x: 0.0,
        y: 0.0,
        w: WIDTH,
        h: HEIGHT,
    };
    root.tile("all", whole, all / fineness.max(1), names)
}

impl Branch {
    /// How large its rectangle is.
    fn area(&self) -> u64 {
        let leaves = self
            .leaves
            .iter()
            .map(|(_, bytes)| bytes.shown.unsigned_abs());
        leaves.sum::<u64>() + self.inner.values().map(Branch::area).sum::<u64>()
    }

    /// How many leaves it has.
    fn count(&self) -> usize {
        self.leaves.len() + self.inner.values().map(Branch::count).sum::<usize>()
    }

    fn bytes(&self) -> TileBytes {
        let leaves = self.leaves.iter().map(|(_, bytes)| *bytes);
        leaves.chain(self.inner.values().map(Branch::bytes)).fold(
            TileBytes {
                shown: 0,
                second: 0,
            },
            |sum, bytes| TileBytes {
                shown: sum.shown + bytes.shown,
                second: sum.second + bytes.second,
            },
        )
    }

    /// The rectangle `rect` with those in it. What has fewer than `least` bytes is one with its like.
    fn tile(mut self, name: &str, rect: Rect<f64>, least: u64, names: &mut NumberedNames) -> Tile {
        let sum = self.bytes();
        // Modules that hold nothing but a module are one.
        let mut name = name.to_owned();
        while self.leaves.is_empty()
            && self.inner.len() == 1
            && let Some((inner, node)) = self.inner.pop_first()
        {
            name = match name.as_str() {
                "all" => inner,
                outer => format!("{outer}::{inner}"),
            };
            self = node;
        }
        let mut parts: Vec<(u64, Child)> = Vec::new();
        let (mut small, mut rest) = (
            0_usize,
            TileBytes {
                shown: 0,
                second: 0,
            },
        );
        let mut rest_area = 0;
        let leaves = self.leaves.into_iter();
        let leaves = leaves.map(|(name, bytes)| {
            let area = bytes.shown.unsigned_abs();
            (area, bytes, Child::Leaf(name, bytes))
        });
        let inner = self.inner.into_iter();
        let inner = inner.map(|(name, node)| (node.area(), node.bytes(), Child::Inner(name, node)));
        for (area, bytes, part) in leaves.chain(inner) {
            if area < least {
                small += part.leaves();
                rest_area += area;
                rest.shown += bytes.shown;
                rest.second += bytes.second;
            } else {
                parts.push((area, part));
            }
        }
        if small > 0 {
            parts.push((rest_area, Child::Leaf(format!("({small} smaller)"), rest)));
        }
        parts.retain(|(area, _)| *area > 0);
        // Stable: by name where they are equally large.
        parts.sort_by_key(|(area, _)| std::cmp::Reverse(*area));
        let mut placed: Vec<(f64, Option<Child>, Rect<f64>)> = parts
            .into_iter()
            .map(|(area, part)| (area as f64, Some(part), rect))
            .collect();
        squarify(
            rect,
            &mut placed,
            |(area, ..)| *area,
            |(_, _, place), rect| *place = rect,
        );
        let inner = placed.into_iter().filter_map(|(_, part, rect)| {
            Some(match part? {
                Child::Leaf(name, bytes) => new(names.number(&name), bytes, rect, Vec::new()),
                Child::Inner(name, node) => node.tile(&name, rect, least, names),
            })
        });
        let inner = inner.collect();
        new(names.number(&name), sum, rect, inner)
    }
}

/// What is directly in a node.
enum Child {
    Leaf(String, TileBytes),
    Inner(String, Branch),
}

impl Child {
    fn leaves(&self) -> usize {
        match self {
            Child::Leaf(..) => 1,
            Child::Inner(_, node) => node.count(),
        }
    }
}

fn new(name: usize, bytes: TileBytes, rect: Rect<f64>, inner: Vec<Tile>) -> Tile {
    // Both ends are rounded, so that neighbours meet.
    let (left, top) = (rect.x.round(), rect.y.round());
    let (right, bottom) = ((rect.x + rect.w).round(), (rect.y + rect.h).round());
    Tile(
        name,
        bytes.shown,
        bytes.second,
        left as i32,
        top as i32,
        (right - left) as i32,
        (bottom - top) as i32,
        inner,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn leaves<'a>(tile: &'a Tile, all: &mut Vec<&'a Tile>) {
        match tile.7.is_empty() {
            true => all.push(tile),
            false => tile.7.iter().for_each(|inner| leaves(inner, all)),
        }
    }

    #[test]
    fn every_rectangle_is_as_large_as_its_bytes_and_lies_in_its_own() {
        let part = |owner: &str, name: &str, base_bytes, head_bytes| PartChange {
            function: owner != "(data segments)",
            owner: owner.to_owned(),
            name: name.to_owned(),
            base_bytes,
            head_bytes,
        };
        let parts = [
            part("demo", "demo::parse", 0, 6_000),
            part("demo", "demo::text::deep::write", 2_000, 0),
            part("demo", "demo::text::deep::{closure#0}", 0, 900),
            part("core", "<core::Vec<T> as core::fmt::Debug>::fmt", 10, 20),
            part("(data segments)", ".rodata", 0, 1_100),
        ];
        let mut names = NumberedNames::default();
        let tile = of_changes(&parts, 100, &mut names);
        assert_eq!(tile.1, 6_000 - 2_000 + 900 + 10 + 1_100);
        let mut all = Vec::new();
        leaves(&tile, &mut all);
        let mut seen = Vec::new();
        for leaf in &all {
            let area = f64::from(leaf.5) * f64::from(leaf.6) / (WIDTH * HEIGHT);
            let bytes = leaf.1.unsigned_abs() as f64 / 10_010.0;
            assert!(
                (area - bytes).abs() < 0.005,
                "{}: {area} {bytes}",
                names.list[leaf.0]
            );
            seen.push(names.list[leaf.0].as_str());
        }
        seen.sort_unstable();
        assert_eq!(
            seen,
            ["(1 smaller)", ".rodata", "parse", "write", "{closure#0}"]
        );
        fn within(tile: &Tile) {
            for inner in &tile.7 {
                assert!(inner.3 >= tile.3 && inner.4 >= tile.4);
                assert!(inner.3 + inner.5 <= tile.3 + tile.5 + 1);
                assert!(inner.4 + inner.6 <= tile.4 + tile.6 + 1);
                within(inner);
            }
        }
        within(&tile);
    }

    #[test]
    fn nothing_is_a_map_without_rectangles() {
        let mut names = NumberedNames::default();
        assert!(of_changes(&[], 100, &mut names).7.is_empty());
    }
}
