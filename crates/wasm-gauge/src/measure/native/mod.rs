//! What the bytes of native programs are.

pub mod run;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Gzip;
use super::size::sha256;
use crate::Result;
use crate::binary::elf::{ElfProgram, ProgramSection};
use crate::names::{C, CPP, UNATTRIBUTED, owner};

/// The sizes of one program.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ProgramSizes {
    /// What it runs on.
    pub architecture: String,
    /// Bytes of the file.
    pub bytes: u64,
    /// Bytes of the file through `gzip -9`.
    pub gzip_bytes: u64,
    /// Bytes of the file by what they are. Each byte counts once: they add up to the file.
    pub parts: BTreeMap<ProgramPart, u64>,
    /// SHA-256 of the file, in hexadecimal.
    pub sha256: String,
}

/// What bytes of a program are. Names are those of ELF's sections where there is one.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize, schemars::JsonSchema,
)]
pub enum ProgramPart {
    /// Machine code.
    #[serde(rename = "text")]
    Text,
    /// Data that is only read.
    #[serde(rename = "rodata")]
    Rodata,
    /// How frames of the stack are unwound.
    #[serde(rename = "eh_frame")]
    EhFrame,
    /// The index of that.
    #[serde(rename = "eh_frame_hdr")]
    EhFrameHdr,
    /// What is to be done while they are unwound.
    #[serde(rename = "gcc_except_table")]
    GccExceptTable,
    /// What the loader has to relocate.
    #[serde(rename = "rela.dyn")]
    RelaDyn,
    /// Data that is only read once it is relocated.
    #[serde(rename = "data.rel.ro")]
    DataRelRo,
    /// Names of functions and of data, which no run needs.
    #[serde(rename = "symbols")]
    Symbols,
    /// Debug information.
    #[serde(rename = "debug")]
    Debug,
    /// All other sections.
    #[serde(rename = "other")]
    Other,
    /// What is in no section: headers, and what aligns sections.
    #[serde(rename = "headers")]
    Headers,
}

/// What a crate, or another library, has in a program.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ProgramCrate {
    /// Its name.
    pub name: String,
    /// Bytes of its functions.
    pub code_bytes: u64,
    /// Bytes of its data.
    pub data_bytes: u64,
}

impl ProgramPart {
    /// All of them in the order that they are shown in.
    pub const ALL: [ProgramPart; 11] = [
        ProgramPart::Text,
        ProgramPart::Rodata,
        ProgramPart::EhFrame,
        ProgramPart::EhFrameHdr,
        ProgramPart::GccExceptTable,
        ProgramPart::RelaDyn,
        ProgramPart::DataRelRo,
        ProgramPart::Symbols,
        ProgramPart::Debug,
        ProgramPart::Other,
        ProgramPart::Headers,
    ];

    /// Those that tell how to unwind the stack.
    pub const UNWIND: [ProgramPart; 3] = [
        ProgramPart::EhFrame,
        ProgramPart::EhFrameHdr,
        ProgramPart::GccExceptTable,
    ];

    fn of(section: &str) -> Self {
        let is = |name: &str| {
            let rest = section.strip_prefix(name);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        match section {
            ".eh_frame" => ProgramPart::EhFrame,
            ".eh_frame_hdr" => ProgramPart::EhFrameHdr,
            ".rela.dyn" | ".rel.dyn" | ".relr.dyn" => ProgramPart::RelaDyn,
            ".symtab" | ".strtab" | ".shstrtab" => ProgramPart::Symbols,
            _ if is(".text") => ProgramPart::Text,
            _ if is(".rodata") => ProgramPart::Rodata,
            _ if is(".gcc_except_table") => ProgramPart::GccExceptTable,
            _ if is(".data.rel.ro") => ProgramPart::DataRelRo,
            _ if section.starts_with(".debug_") => ProgramPart::Debug,
            _ => ProgramPart::Other,
        }
    }
}

impl ProgramSizes {
    /// Measures `program`.
    ///
    /// # Errors
    /// [`crate::Error::Tool`] when gzip fails.
    pub fn measure(program: &ElfProgram, gzip: &Gzip) -> Result<Self> {
        Ok(ProgramSizes {
            architecture: program.architecture.clone(),
            bytes: program.bytes.len() as u64,
            gzip_bytes: gzip.size(program.bytes)?,
            parts: parts(program),
            sha256: sha256(program.bytes),
        })
    }

    /// Bytes of a part, 0 where the program has none of it.
    pub fn part(&self, part: ProgramPart) -> u64 {
        self.parts.get(&part).copied().unwrap_or(0)
    }

    /// Bytes of all that tells how to unwind the stack.
    pub fn unwind_bytes(&self) -> u64 {
        ProgramPart::UNWIND
            .iter()
            .map(|part| self.part(*part))
            .sum()
    }
}

/// What the bytes of `program` are: together all of them.
pub fn parts(program: &ElfProgram) -> BTreeMap<ProgramPart, u64> {
    let sections = program.sections.iter().enumerate();
    let covered = covered(
        sections
            .map(|(index, section)| (section.place, index))
            .collect(),
    );
    let mut parts = BTreeMap::new();
    let mut outside = program.bytes.len() as u64;
    for (index, bytes) in covered {
        let part = ProgramPart::of(program.sections[index].name);
        *parts.entry(part).or_default() += bytes;
        outside -= bytes;
    }
    parts.insert(ProgramPart::Headers, outside);
    parts
}

/// What the crates have in `program`, the most code first; none in a stripped one. Bytes that no symbol covers are of
/// [`UNATTRIBUTED`].
pub fn crates(program: &ElfProgram) -> Option<Vec<ProgramCrate>> {
    if program.symbols.is_empty() {
        return None;
    }
    let loaded = |section: &ProgramSection| section.address != 0 && section.place.1 > 0;
    let mut symbols: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (index, symbol) in program.symbols.iter().enumerate() {
        symbols.entry(symbol.section).or_default().push(index);
    }
    let mut crates: BTreeMap<String, ProgramCrate> = BTreeMap::new();
    for (index, section) in program.sections.iter().enumerate() {
        if !loaded(section) {
            continue;
        }
        let mut count = |name: String, bytes| {
            let found = crates.entry(name).or_insert_with_key(|name| ProgramCrate {
                name: name.clone(),
                code_bytes: 0,
                data_bytes: 0,
            });
            if section.code {
                found.code_bytes += bytes;
            } else {
                found.data_bytes += bytes;
            }
        };
        let end = section.address.saturating_add(section.place.1);
        let inside = symbols.get(&index).into_iter().flatten();
        let places = inside.filter_map(|index| {
            let symbol = &program.symbols[*index];
            let stop = symbol.address.checked_add(symbol.size)?;
            let inside = symbol.address >= section.address && stop <= end;
            inside.then_some(((symbol.address, symbol.size), *index))
        });
        let mut rest = section.place.1;
        for (index, bytes) in covered(places.collect()) {
            count(library(program.symbols[index].name), bytes);
            rest -= bytes;
        }
        count(UNATTRIBUTED.to_owned(), rest);
    }
    let mut crates: Vec<_> = crates.into_values().collect();
    // Stable: the names come sorted.
    crates.sort_by_key(|found| std::cmp::Reverse(found.code_bytes + found.data_bytes));
    Some(crates)
}

/// The crate or the language that a symbol is of.
fn library(symbol: &str) -> String {
    owner(symbol).unwrap_or_else(|| {
        let language = if symbol.starts_with("_Z") { CPP } else { C };
        language.to_owned()
    })
}

/// How many bytes each of the places has to itself: where some overlap, the one that begins first has what they share, and
/// of those the first in the order that they come in.
fn covered(mut places: Vec<((u64, u64), usize)>) -> Vec<(usize, u64)> {
    places.sort_by_key(|((start, _), _)| *start);
    let mut end = 0;
    let mut covered = Vec::new();
    for ((start, size), index) in places {
        let stop = start.saturating_add(size).max(end);
        covered.push((index, stop - start.clamp(end, stop)));
        end = stop;
    }
    covered
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sections_are_grouped_by_their_names() {
        for (section, part) in [
            (".text", ProgramPart::Text),
            (".text.unlikely", ProgramPart::Text),
            (".textual", ProgramPart::Other),
            (".rodata.cst16", ProgramPart::Rodata),
            (".eh_frame", ProgramPart::EhFrame),
            (".eh_frame_hdr", ProgramPart::EhFrameHdr),
            (".relr.dyn", ProgramPart::RelaDyn),
            (".rela.plt", ProgramPart::Other),
            (".data.rel.ro.local", ProgramPart::DataRelRo),
            (".data", ProgramPart::Other),
            (".debug_info", ProgramPart::Debug),
            (".strtab", ProgramPart::Symbols),
            ("", ProgramPart::Other),
        ] {
            assert_eq!(ProgramPart::of(section), part, "{section}");
        }
    }

    #[test]
    fn a_byte_counts_once() {
        for (places, expected) in [
            (vec![(4, 4), (0, 4)], vec![(1, 4), (0, 4)]),
            (vec![(0, 8), (2, 4), (6, 6)], vec![(0, 8), (1, 0), (2, 4)]),
            (vec![(0, 4), (0, 4)], vec![(0, 4), (1, 0)]),
            (vec![(u64::MAX, 4), (0, 1)], vec![(1, 1), (0, 0)]),
        ] {
            let places = places
                .iter()
                .enumerate()
                .map(|(index, place)| (*place, index));
            assert_eq!(covered(places.collect()), expected);
        }
    }
}
