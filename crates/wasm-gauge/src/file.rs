//! Text and JSON out of files, and where in them something is wrong.

use std::fs;
use std::path::Path;

use serde::de::DeserializeOwned;

use crate::error::{Error, Fault, Place, Result};

/// The text of the file at `path`.
///
/// # Errors
/// [`Error::Input`] where it cannot be read or is no text.
pub fn text(path: &Path) -> Result<String> {
    fs::read_to_string(path).map_err(|error| Error::input(path, error))
}

/// What the JSON in the file at `path` says.
///
/// # Errors
/// [`Error::Input`] with line and column where it cannot be read, or is not `what` it should be: `a report`.
pub fn json<T: DeserializeOwned>(path: &Path, what: &str) -> Result<T> {
    parse(path, &text(path)?, what).map_err(Error::Input)
}

/// What the JSON `text`, which the file at `path` holds, says.
///
/// # Errors
/// Where it is not `what` it should be.
pub fn parse<T: DeserializeOwned>(path: &Path, text: &str, what: &str) -> Result<T, Fault> {
    serde_json::from_str(text)
        .map_err(|error| wrong(&error, what).at(Place::column(path, error.line(), error.column())))
}

/// What the lines of the file at `path` say, each of which is JSON, with the number of each, counted from 1. Blank lines are
/// skipped.
///
/// # Errors
/// [`Error::Input`] with file, line and column where it cannot be read, or where a line is not `what` it should be.
pub fn json_lines<T: DeserializeOwned>(path: &Path, what: &str) -> Result<Vec<(usize, T)>> {
    let text = text(path)?;
    let lines = text.lines().enumerate();
    lines
        .filter(|(_, line)| !line.trim().is_empty())
        .map(|(index, line)| match serde_json::from_str(line) {
            Ok(value) => Ok((index + 1, value)),
            Err(error) => Err(Error::Input(wrong(&error, what).at(Place::column(
                path,
                index + 1,
                error.column(),
            )))),
        })
        .collect()
}

/// What serde says without the place, which it puts behind.
fn wrong(error: &serde_json::Error, what: &str) -> Fault {
    let place = format!(" at line {} column {}", error.line(), error.column());
    let said = error.to_string();
    format!("not {what}: {}", said.trim_end_matches(&place)).into()
}
