//! `clawft-workload conversations`: what a program is put to work with.

use std::fs;
use std::io;
use std::path::PathBuf;

use clap::Args;
use clawft_workload::{SEED, configuration, conversation};

/// Writes conversations (JSON) as FOLDER/1.json and so on, and the configuration that goes with them as
/// FOLDER/config.json: each time the same bytes.
#[derive(Args)]
pub(crate) struct Options {
    /// The seed of the first; those of the others follow.
    #[arg(long, value_name = "SEED", default_value_t = SEED)]
    seed: u64,
    /// How many.
    #[arg(long, value_name = "N", default_value_t = 10)]
    number: u64,
    /// How many messages each has; one less where that is odd.
    #[arg(long, value_name = "N", default_value_t = 50)]
    messages: usize,
    /// The folder; it is made where there is none.
    folder: PathBuf,
}

pub(crate) fn run(options: &Options) -> io::Result<()> {
    let write = |name: String, text: String| {
        let path = options.folder.join(name);
        fs::write(&path, text)
            .map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", path.display())))
    };
    fs::create_dir_all(&options.folder)?;
    write("config.json".to_owned(), configuration())?;
    for index in 0..options.number {
        let conversation = conversation(options.seed.wrapping_add(index), options.messages);
        let text = serde_json::json!(conversation).to_string();
        write(format!("{}.json", index + 1), text)?;
    }
    Ok(())
}
