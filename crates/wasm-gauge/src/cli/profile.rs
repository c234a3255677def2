use std::path::PathBuf;

use clap::{Args, ValueEnum};
use wasm_gauge::Result;
use wasm_gauge::render::{ProfileTable, TopProfile};

use super::listing::Listing;
use super::twin;

/// Show where the bytes of a binary go
///
/// By crate, by item (functions, tables, globals, segments, and each section's rest) and by section;
/// these tables add up to the file's size. Rust's standard library is split into core, alloc and std;
/// wasi-libc and compiler-rt are told by their names; exported functions, into which functions of many
/// crates are inlined, are a row of their own. JSON has everything, whatever is shown to people.
///
/// What an item retains is what would go with it: its own bytes and those of all items that only it
/// leads to. Garbage is what neither exports nor the start function nor active segments lead to.
///
/// A binary without names still gives its sections, its data and its functions by index; --names
/// takes the names from a binary that has them, when its code is the same.
///
/// Examples:
///   # the 40 largest items
///   $ wasm-gauge profile --top 40 app.opt.names.wasm
///
///   # what removing a function would save, and what nothing needs
///   $ wasm-gauge profile --show dominators --depth 3 --show garbage app.wasm
///
///   # what ships, under the names of its twin
///   $ wasm-gauge profile --names app.opt.names.wasm app.opt.wasm
///
/// Exit status:
///   0  measured
///   2  wrong usage, or the output cannot be written
///   3  a file is not a valid core module or component, or TWIN has other code than FILE
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub struct Opts {
    /// Take the names from TWIN, which has the same code as FILE
    #[arg(long, value_name = "TWIN")]
    names: Option<PathBuf>,

    /// Which tables to show; may be repeated
    #[arg(
        long,
        value_enum,
        value_name = "TABLE",
        default_values_t = [
            ProfileTableChoice::Crates,
            ProfileTableChoice::Items,
            ProfileTableChoice::Sections,
            ProfileTableChoice::Data,
        ]
    )]
    show: Vec<ProfileTableChoice>,

    /// How many items to list; the rest is one row
    #[arg(long, value_name = "N", default_value_t = 20)]
    top: usize,

    /// How many levels of the dominator tree to show
    #[arg(long, value_name = "N", default_value_t = 4)]
    depth: usize,

    #[command(flatten)]
    listing: Listing,
}

#[derive(Clone, Copy, ValueEnum)]
enum ProfileTableChoice {
    /// Bytes by crate or library
    Crates,
    /// The largest items
    Items,
    /// Bytes by section
    Sections,
    /// Data segments
    Data,
    /// What each item alone keeps in the file
    Dominators,
    /// Generic functions with more than one copy
    Monomorphizations,
    /// What nothing leads to
    Garbage,
}

impl From<ProfileTableChoice> for ProfileTable {
    fn from(table: ProfileTableChoice) -> Self {
        match table {
            ProfileTableChoice::Crates => ProfileTable::Crates,
            ProfileTableChoice::Items => ProfileTable::Items,
            ProfileTableChoice::Sections => ProfileTable::Sections,
            ProfileTableChoice::Data => ProfileTable::Data,
            ProfileTableChoice::Dominators => ProfileTable::Dominators,
            ProfileTableChoice::Monomorphizations => ProfileTable::Monomorphizations,
            ProfileTableChoice::Garbage => ProfileTable::Garbage,
        }
    }
}

impl Opts {
    /// Measures the file and shows it.
    pub fn run(self) -> Result<bool> {
        self.listing.show(|input, binary| {
            Ok(TopProfile {
                profile: twin::profile(input, binary, self.names.as_deref())?,
                tables: self.show.into_iter().map(ProfileTable::from).collect(),
                top: self.top,
                depth: self.depth,
            })
        })
    }
}
