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
    #[command(flatten)]
    format: FormatOption,

    /// Write the result to FILE instead of standard output
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,

    /// Write the result as JSON to FILE besides
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
}

/// The format that a result is rendered in.
#[derive(Args)]
pub struct FormatOption {
    /// Format of the result
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
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
        if let Some(path) = &self.json {
            write_file(path, render::render(value, render::Format::Json).as_bytes())?;
        }
        match &self.output {
            Some(path) => write_file(path, self.format.render(value, false, None).as_bytes()),
            None => to_stdout(self.format.render_for_stdout(value).as_bytes()),
        }
    }
}

impl FormatOption {
    /// Renders `value`, in colours and broken to a width where standard output is a terminal.
    pub fn render_for_stdout(&self, value: &impl Show) -> String {
        let colour = AutoStream::choice(&io::stdout()) != ColorChoice::Never;
        // None where standard output is no terminal, zero where the terminal does not tell.
        let width = comfy_table::Table::new().width().filter(|width| *width > 0);
        self.render(value, colour, width)
    }

    /// Renders `value`; text in colours if `colour`, and its tables `width` wide where they can be.
    pub fn render(&self, value: &impl Show, colour: bool, width: Option<u16>) -> String {
        let format = match self.format {
            Format::Text => render::Format::Text { colour, width },
            Format::Markdown => render::Format::Markdown,
            Format::Json => render::Format::Json,
        };
        render::render(value, format)
    }
}

/// Writes a file whole or not at all.
pub fn write_file(path: &Path, bytes: &[u8]) -> Result<()> {
    // The kind alone: the error itself may name the temporary file.
    replace(path, bytes)
        .map_err(|error| Error::Usage(format!("cannot write {}: {}", path.display(), error.kind())))
}

/// Writes to standard error, whether somebody reads it or not.
pub fn to_stderr(text: &str) {
    let _ = io::stderr().write_all(text.as_bytes());
}

/// Writes to standard output. A reader that has gone away, as in `| head`, has seen enough.
pub fn to_stdout(bytes: &[u8]) -> Result<()> {
    let mut stdout = io::stdout().lock();
    match stdout.write_all(bytes).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(Error::Usage(format!(
            "cannot write to standard output: {error}"
        ))),
        _ => Ok(()),
    }
}

/// Puts a whole file at `path`, with the permissions that any new file gets.
fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = match path.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    };
    let mut file = tempfile::Builder::new()
        .permissions(Permissions::from_mode(0o666))
        .tempfile_in(folder)?;
    file.write_all(bytes)?;
    file.persist(path)?;
    Ok(())
}
