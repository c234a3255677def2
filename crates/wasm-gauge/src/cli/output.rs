//! Where results go and in which format.

use std::fs::Permissions;
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use anstream::{AutoStream, ColorChoice};
use clap::{Args, ValueEnum};
use wasm_gauge::render::{self, Show};
use wasm_gauge::{Error, Result};

/// Options of every subcommand that renders its result.
#[derive(Args)]
pub struct Output {
    /// Format of the result
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,

    /// Write the result to FILE instead of standard output
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    /// Tables for people
    Text,
    /// Tables for a browser
    Markdown,
    /// For programs
    Json,
}

impl Output {
    /// Renders `value` and writes what comes of it, to a file whole or not at all.
    pub fn write(&self, value: &impl Show) -> Result<()> {
        let format = match self.format {
            Format::Text => render::Format::Text {
                colour: self.output.is_none()
                    && AutoStream::choice(&io::stdout()) != ColorChoice::Never,
            },
            Format::Markdown => render::Format::Markdown,
            Format::Json => render::Format::Json,
        };
        let text = render::render(value, format);
        match &self.output {
            // The kind alone: the error itself may name the temporary file.
            Some(path) => replace(path, &text).map_err(|error| {
                Error::Usage(format!("cannot write {}: {}", path.display(), error.kind()))
            }),
            None => to_stdout(&text),
        }
    }
}

/// Writes to standard output. A reader that has gone away, as in `| head`, has seen enough.
pub fn to_stdout(text: &str) -> Result<()> {
    let mut stdout = io::stdout().lock();
    match stdout
        .write_all(text.as_bytes())
        .and_then(|()| stdout.flush())
    {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(Error::Usage(format!(
            "cannot write to standard output: {error}"
        ))),
        _ => Ok(()),
    }
}

/// Puts a whole file at `path`, with the permissions that any new file gets.
fn replace(path: &Path, text: &str) -> io::Result<()> {
    let folder = match path.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    };
    let mut file = tempfile::Builder::new()
        .permissions(Permissions::from_mode(0o666))
        .tempfile_in(folder)?;
    file.write_all(text.as_bytes())?;
    file.persist(path)?;
    Ok(())
}
