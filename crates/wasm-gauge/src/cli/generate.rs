use std::path::{Path, PathBuf};
use std::{fs, io};

use clap::{Args, CommandFactory, ValueEnum};
use clap_complete::{Shell, generate_to};
use wasm_gauge::{Error, Result};

use super::policy_reference::policy_reference;
use super::schemas::schemas;

/// Write shell completions, man pages, JSON Schemas or references, for packages and documents
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
    /// One for each subcommand that prints JSON, and one for each file that is read
    Schemas,
    /// The keys of gauge.toml, as a page in Markdown
    PolicyReference,
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
                What::Schemas => write_schemas(&self.folder),
                What::PolicyReference => {
                    fs::write(self.folder.join("policy.md"), policy_reference())
                }
            })
            .map_err(|error| {
                Error::system(format!("cannot write {}: {error}", self.folder.display()))
            })?;
        Ok(true)
    }
}

fn write_schemas(folder: &Path) -> io::Result<()> {
    schemas().into_iter().try_for_each(|(name, schema)| {
        let text = format!("{:#}\n", schema.as_value());
        fs::write(folder.join(format!("{name}.json")), text)
    })
}
