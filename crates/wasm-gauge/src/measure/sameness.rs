//! Two binaries, section by section.

use serde::Serialize;

use crate::binary::{Binary, Kind, Section, Unit};

/// A section of one binary beside that of the other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct SectionPair {
    /// Which core module or component it is in, and within which: `component`, `component/core module 0`.
    pub unit: String,
    /// Its name.
    pub section: String,
    /// Whether it is a custom section: no engine runs it.
    pub custom: bool,
    /// Bytes of its contents in the first binary; none where that has no such section.
    pub first_bytes: Option<u64>,
    /// The same of the second.
    pub second_bytes: Option<u64>,
    /// Where the contents begin to differ, in bytes; none where they do not.
    pub differs_at: Option<u64>,
}

/// Two binaries that are not made of the same core modules and components.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct OtherUnits {
    /// Those of the first binary, each with what it is in: `component/core module 0`.
    pub first: Vec<String>,
    /// Those of the second.
    pub second: Vec<String>,
}

/// All sections of `first` and `second`, core module by core module and component by component. How a section's
/// length is encoded is no difference, and neither is where custom sections stand.
///
/// # Errors
/// [`OtherUnits`] where they are not made of the same core modules and components.
pub fn section_pairs(first: &Binary, second: &Binary) -> Result<Vec<SectionPair>, OtherUnits> {
    let (units, others) = (paths(first), paths(second));
    if units != others {
        return Err(OtherUnits {
            first: units,
            second: others,
        });
    }
    let both = first.units().iter().zip(second.units());
    let pairs = units.iter().zip(both);
    Ok(pairs
        .flat_map(|(path, (unit, other))| pairs_of(path, (first, unit), (second, other)))
        .collect())
}

/// What each unit is called: what it is in, what it is, and the how manieth there.
fn paths(binary: &Binary) -> Vec<String> {
    let mut paths: Vec<String> = Vec::new();
    // Units that the next one may be in, with how many units each has so far.
    let mut open: Vec<(usize, usize, String)> = Vec::new();
    for unit in binary.units() {
        open.retain(|(end, ..)| unit.range.start < *end);
        let path = match open.last_mut() {
            Some((_, count, outer)) => {
                let path = format!("{outer}/{} {count}", unit.kind);
                *count += 1;
                path
            }
            None => unit.kind.to_string(),
        };
        open.push((unit.range.end, 0, path.clone()));
        paths.push(path);
    }
    paths
}

fn pairs_of(
    path: &str,
    (first, unit): (&Binary, &Unit),
    (second, other): (&Binary, &Unit),
) -> Vec<SectionPair> {
    let split = |unit: &Unit, custom: bool| -> Vec<(String, std::ops::Range<usize>)> {
        let sections = unit.sections.iter();
        let of_kind = sections.filter(|section| (section.id == Section::CUSTOM) == custom);
        let named = of_kind.map(|section| {
            // What it holds is compared as a unit of its own.
            let contents = match section.holds_unit(unit.kind) {
                true => section.contents.start..section.contents.start,
                false => section.contents.clone(),
            };
            (section.name.to_owned(), contents)
        });
        named.collect()
    };
    let mut pairs = Vec::new();
    for custom in [false, true] {
        let (mut firsts, mut seconds) = (split(unit, custom), split(other, custom));
        if custom || unit.kind == Kind::CoreModule {
            // By name; those of one name stay in their order.
            firsts.sort_by(|a, b| a.0.cmp(&b.0));
            seconds.sort_by(|a, b| a.0.cmp(&b.0));
        }
        let (mut firsts, mut seconds) = (
            firsts.into_iter().peekable(),
            seconds.into_iter().peekable(),
        );
        loop {
            let (a, b) = match (firsts.peek(), seconds.peek()) {
                (None, None) => break,
                (Some(a), Some(b)) if a.0 == b.0 => (firsts.next(), seconds.next()),
                // In components the order means something; else the name that comes first stands alone.
                (Some(a), Some(b)) if unit.kind == Kind::CoreModule || custom => match a.0 < b.0 {
                    true => (firsts.next(), None),
                    false => (None, seconds.next()),
                },
                (Some(_), _) => (firsts.next(), None),
                (None, _) => (None, seconds.next()),
            };
            let bytes = |binary: &Binary, section: &Option<(String, std::ops::Range<usize>)>| {
                let range = section.as_ref().map(|(_, range)| range.clone());
                range.map(|range| binary.bytes()[range].to_vec())
            };
            let (old, new) = (bytes(first, &a), bytes(second, &b));
            pairs.push(SectionPair {
                unit: path.to_owned(),
                section: a.or(b).map(|(name, _)| name).unwrap_or_default(),
                custom,
                differs_at: differs_at(
                    old.as_deref().unwrap_or(&[]),
                    new.as_deref().unwrap_or(&[]),
                ),
                first_bytes: old.map(|bytes| bytes.len() as u64),
                second_bytes: new.map(|bytes| bytes.len() as u64),
            });
        }
    }
    pairs
}

fn differs_at(first: &[u8], second: &[u8]) -> Option<u64> {
    let common = first.iter().zip(second).take_while(|(a, b)| a == b).count();
    (common < first.len().max(second.len())).then_some(common as u64)
}
