//! `weft message`: one message to the agent.

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::Args;
use clawft_agent::{Agent, Platform};

use crate::Failure;

/// Prints the provider request (JSON) for a message: plain text or a conversation (JSON). For a provider's response
/// (JSON) it prints the message to append.
#[derive(Args)]
pub(crate) struct Options {
    /// Configuration (JSON) [default: clawft/config.json in the user's configuration directory].
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The message; `-` is standard input.
    #[arg(default_value = "-")]
    text: String,
}

/// This operating system. A relative path in a configuration starts at the configuration.
struct Native<'a> {
    directory: &'a Path,
}

impl Platform for Native<'_> {
    fn variable(&self, name: &str) -> Option<String> {
        std::env::var(name).ok()
    }

    fn read(&self, path: &str) -> Option<String> {
        std::fs::read_to_string(self.directory.join(path)).ok()
    }
}

pub(crate) fn run(options: &Options, output: &mut impl Write) -> Result<(), Failure> {
    let path = options.config.clone().or_else(clawft_types::default_path);
    let path = path.ok_or_else(|| Failure {
        status: 2,
        message: "there is no configuration directory: name a file with --config".to_owned(),
    })?;
    let config = crate::read(&path)?;
    let directory = path.parent().unwrap_or(Path::new(""));
    let agent = Agent::new(&config, &Native { directory })
        .map_err(|error| Failure::input(path.display(), error))?;
    let (source, text) = match options.text.as_str() {
        "-" => ("standard input", crate::read(Path::new("-"))?),
        text => ("message", text.to_owned()),
    };
    let answer = agent
        .process_message(&text)
        .map_err(|error| Failure::input(source, error))?;
    writeln!(output, "{answer}")?;
    Ok(())
}
