//! What a first policy for a crate can be made of.

use std::path::Path;

use super::file::TomlFile;
use super::manifest::Manifest;
use crate::Result;
use crate::binary::Binary;
use crate::names::{Names, owner};
use crate::units::{Percent, Size};

/// Crates that are global allocators of guests.
const ALLOCATORS: [&str; 6] = [
    "bins_alloc",
    "dlmalloc",
    "lol_alloc",
    "rlsf",
    "talc",
    "wee_alloc",
];

/// What is known of a crate that has no policy yet.
#[derive(Debug, PartialEq, Eq)]
pub struct Draft {
    /// The package.
    pub package: String,
    /// Its cargo features.
    pub features: Vec<String>,
    /// What a binary of it shows, where there is one.
    pub built: Option<Built>,
}

/// What a binary shows.
#[derive(Debug, PartialEq, Eq)]
pub struct Built {
    /// Its bytes.
    pub size: Size,
    /// Its bytes through `gzip -9`.
    pub gzip: Size,
    /// The crate that allocates in it, where a name tells.
    pub allocator: Option<&'static str>,
}

impl Draft {
    /// What the `Cargo.toml` at `manifest` says, and a binary that was made of it.
    ///
    /// # Errors
    /// [`Error::Policy`](crate::Error::Policy) with file, line and column, where the manifest is none of a package.
    pub fn of(manifest: &Path, built: Option<Built>) -> Result<Self> {
        let manifest: Manifest = TomlFile::read(manifest)?.parse()?;
        Ok(Draft {
            package: manifest.package.name,
            features: manifest.features.into_keys().collect(),
            built,
        })
    }
}

impl Built {
    /// What `binary` shows, which is `gzip` bytes when it is compressed.
    pub fn of(binary: &Binary, gzip: u64) -> Self {
        let names = Names::of_all(binary);
        let symbols = names.iter().flat_map(|names| &names.functions);
        let owners: Vec<String> = symbols
            .filter_map(|function| owner(function.symbol?))
            .collect();
        let allocator = ALLOCATORS
            .into_iter()
            .find(|name| owners.iter().any(|owner| owner == name));
        Built {
            size: Size(binary.bytes().len() as u64),
            gzip: Size(gzip),
            allocator,
        }
    }
}

/// `size` and `margin` of it, rounded up to whole KiB.
pub fn with_margin(size: Size, margin: Percent) -> Size {
    const KIB: u64 = 1024;
    let more = u128::from(size.0) * u128::from(margin.basis_points()) / 10_000;
    let bytes = size
        .0
        .saturating_add(u64::try_from(more).unwrap_or(u64::MAX));
    Size(bytes.div_ceil(KIB).saturating_mul(KIB))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_budget_is_what_is_there_and_a_margin_in_whole_kib() {
        for (size, margin, expected) in [
            (0, "5 %", 0),
            (1, "0 %", 1024),
            (1024, "0 %", 1024),
            (100_000, "5 %", 105_472),
            (u64::MAX, "100 %", u64::MAX),
        ] {
            let margin = margin.parse().expect("it is a share");
            assert_eq!(with_margin(Size(size), margin), Size(expected), "{size}");
        }
    }

    #[test]
    fn the_allocator_is_found_by_name() {
        for (wat, expected) in [
            ("(module (func $_RNvCs1_8dlmalloc4sbrk))", Some("dlmalloc")),
            (
                "(module (func $_ZN4talc5alloc17h0123456789abcdefE))",
                Some("talc"),
            ),
            ("(module (func $_RNvCs1_5guest1f))", None),
        ] {
            let bytes = wat::parse_str(wat).expect("it is WAT");
            let binary = Binary::parse(&bytes).expect("it is valid");
            assert_eq!(Built::of(&binary, 0).allocator, expected, "{wat}");
        }
    }
}
