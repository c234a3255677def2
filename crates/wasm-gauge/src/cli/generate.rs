use std::fs;
use std::path::PathBuf;

use clap::{Args, CommandFactory, ValueEnum};
use clap_complete::{Shell, generate_to};
use wasm_gauge::{Error, Result};

/// Write shell completions or man pages, for packages
#[derive(Args)]
pub struct Opts {
    /// What to write
    #[arg(value_enum)]
    what: What,

    /// Folder to write to; made when it is not there
    #[arg(value_name = "DIR")]
    folder: PathBuf,
}

#[derive(Clone, Copy, ValueEnum)]
enum What {
    /// A file for each shell
    Completions,
    /// A page for the tool and each subcommand
    Man,
}

impl Opts {
    /// Writes the files.
    pub fn run(self) -> Result<bool> {
        let mut command = super::Command::command();
        let name = command.get_name().to_owned();
        fs::create_dir_all(&self.folder)
            .and_then(|()| match self.what {
                What::Completions => Shell::value_variants().iter().try_for_each(|shell| {
                    generate_to(*shell, &mut command, &name, &self.folder).map(drop)
                }),
                What::Man => clap_mangen::generate_to(command, &self.folder),
            })
            .map_err(|error| {
                Error::Usage(format!("cannot write {}: {error}", self.folder.display()))
            })?;
        Ok(true)
    }
}
