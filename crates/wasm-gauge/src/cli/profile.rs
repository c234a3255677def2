use std::path::PathBuf;

use clap::Args;
use wasm_gauge::Result;
use wasm_gauge::binary::Input;
use wasm_gauge::measure::Profile;
use wasm_gauge::render::TopProfile;

use super::listing::Listing;

/// Show where the bytes of a binary go
///
/// By crate, by item (function bodies, data segments, and each section's rest) and by section; every
/// table adds up to the file's size. Rust's standard library is split into core, alloc and std;
/// wasi-libc and compiler-rt are told by their names. JSON has all items, whatever --top says.
///
/// A binary without names still gives its sections, its data and its functions by index; --names
/// takes the names from a binary that has them, when its code is the same.
///
/// Examples:
///   # the 40 largest items
///   $ wasm-gauge profile --top 40 app.opt.names.wasm
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

    /// How many items to list; the rest is one row
    #[arg(long, value_name = "N", default_value_t = 20)]
    top: usize,

    #[command(flatten)]
    listing: Listing,
}

impl Opts {
    /// Measures the file and shows it.
    pub fn run(self) -> Result<bool> {
        self.listing.show(|input, binary| {
            let twin = self.names.as_deref().map(Input::read).transpose()?;
            let profile = match &twin {
                Some(twin) => Profile::measure(&input.label, binary, Some(&twin.parse()?))
                    .map_err(|reason| twin.error(reason))?,
                None => Profile::measure(&input.label, binary, None)
                    .map_err(|reason| input.error(reason))?,
            };
            Ok(TopProfile {
                profile,
                top: self.top,
            })
        })
    }
}
