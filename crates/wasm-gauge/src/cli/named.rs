//! Files and versions under names.

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

/// Parses `NAME=VERSION`.
pub fn version(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, version)) if !name.is_empty() && !version.is_empty() => {
            Ok((name.to_owned(), version.to_owned()))
        }
        _ => Err("write NAME=VERSION, as in wasm-opt=131".to_owned()),
    }
}
