//! Files under names.

use std::path::PathBuf;

/// Parses `NAME=FILE`.
pub fn named(text: &str) -> Result<(String, PathBuf), String> {
    match text.split_once('=') {
        Some((name, path)) if !name.is_empty() && !path.is_empty() => {
            Ok((name.to_owned(), path.into()))
        }
        _ => Err("write NAME=FILE, as in plain=folder/file".to_owned()),
    }
}
