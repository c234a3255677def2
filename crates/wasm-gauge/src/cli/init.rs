use std::io::Write;
use std::path::{Path, PathBuf};

use clap::Args;
use wasm_gauge::binary::Input;
use wasm_gauge::measure::Gzip;
use wasm_gauge::policy::{Built, Draft};
use wasm_gauge::render::policy_draft;
use wasm_gauge::units::Percent;
use wasm_gauge::{Error, Result};

/// Write a first gauge.toml for the crate that this is run in
///
/// The file says in comments what each part is for. With a binary of the crate the budget is what that is and a margin, and
/// its allocator is named where the binary has names.
///
/// Examples:
///   $ wasm-gauge init
///   $ wasm-gauge init --binary target/wasm32-wasip2/release/app.wasm --margin "10 %"
///
/// Exit status:
///   0  written
///   2  wrong usage, there is no Cargo.toml of a package here, or gauge.toml is there already
///   3  the binary is not a valid core module or component
///   4  GNU gzip is missing or failed
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub struct Opts {
    /// What ships today, with names if it has them
    #[arg(long, value_name = "FILE")]
    binary: Option<PathBuf>,

    /// How much larger it may become
    #[arg(long, value_name = "PERCENT", default_value = "5 %")]
    margin: Percent,
}

impl Opts {
    /// Writes the file, which must not be there.
    pub fn run(self) -> Result<bool> {
        let built = self.binary.as_deref().map(built).transpose()?;
        let draft = Draft::of(Path::new("Cargo.toml"), built)?;
        let text = policy_draft(&draft, self.margin);
        let created = std::fs::File::create_new("gauge.toml");
        created
            .and_then(|mut file| file.write_all(text.as_bytes()))
            .map_err(|error| Error::system(format!("cannot write gauge.toml: {error}")))?;
        Ok(true)
    }
}

fn built(path: &Path) -> Result<Built> {
    let input = Input::read(path)?;
    let binary = input.parse()?;
    let gzip = Gzip::find()?.size(binary.bytes())?;
    Ok(Built::of(&binary, gzip))
}
