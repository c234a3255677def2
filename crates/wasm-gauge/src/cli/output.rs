//! Where results go and in which format.

use std::io;
use std::path::PathBuf;

use anstream::{AutoStream, ColorChoice};
use clap::{Args, ValueEnum};
use console::Term;
use wasm_gauge::Result;
use wasm_gauge::render::{self, Show};

use super::sink::{self, To};

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
    #[arg(long, value_enum, default_value_t = FormatChoice::Text)]
    format: FormatChoice,
}

#[derive(Clone, Copy, ValueEnum)]
enum FormatChoice {
    /// Tables for people
    Text,
    /// Tables for a browser
    Markdown,
    /// For programs
    Json,
}

impl Output {
    /// Renders `value` and writes what comes of it.
    pub fn write(&self, value: &impl Show) -> Result<()> {
        self.write_with(value, &[])
    }

    /// The same, and `files` besides.
    pub fn write_with(&self, value: &impl Show, files: &[(To, &[u8])]) -> Result<()> {
        let (to, text) = match &self.output {
            Some(path) => (To::Path(path), self.format.render(value, false, None)),
            None => (To::Stdout, self.format.render_for_stdout(value)),
        };
        let json = self
            .json
            .as_ref()
            .map(|path| (path, render::render(value, render::Format::Json)));
        let mut results = vec![(to, text.as_bytes())];
        if let Some((path, json)) = &json {
            results.insert(0, (To::Path(path), json.as_bytes()));
        }
        results.extend_from_slice(files);
        sink::write(&results)
    }
}

impl FormatOption {
    /// Renders `value`, in colours and cut to a width where standard output is a terminal.
    pub fn render_for_stdout(&self, value: &impl Show) -> String {
        let colour = AutoStream::choice(&io::stdout()) != ColorChoice::Never;
        // None where standard output is no terminal, zero where the terminal does not tell.
        let size = Term::stdout().size_checked();
        let width = size.map(|(_, columns)| columns).filter(|width| *width > 0);
        self.render(value, colour, width)
    }

    /// Renders `value`; text in colours if `colour`, and its tables `width` wide where they can be.
    pub fn render(&self, value: &impl Show, colour: bool, width: Option<u16>) -> String {
        let format = match self.format {
            FormatChoice::Text => render::Format::Text { colour, width },
            FormatChoice::Markdown => render::Format::Markdown,
            FormatChoice::Json => render::Format::Json,
        };
        render::render(value, format)
    }
}
