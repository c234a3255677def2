//! A policy file as it stands, whatever its keys mean: for a record of what was judged by.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::Budget;
use super::file::TomlFile;
use crate::Result;

/// The entries of a policy file by their keys: `budget.optimized`, `variants.plain.features`.
pub type Entries = BTreeMap<String, Entry>;

/// The value of one key.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, schemars::JsonSchema)]
#[serde(untagged)]
pub enum Entry {
    /// Whether something is so.
    Flag(bool),
    /// A whole number.
    Number(i64),
    /// Words, or a size or share with its unit.
    Text(String),
    /// A list of words.
    List(Vec<String>),
}

impl std::fmt::Display for Entry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Entry::Flag(flag) => write!(f, "{flag}"),
            Entry::Number(number) => write!(f, "{number}"),
            Entry::Text(text) => f.write_str(text),
            Entry::List(list) => f.write_str(&list.join(", ")),
        }
    }
}

/// The entries of the policy at `path`.
///
/// # Errors
/// [`Error::Policy`](crate::Error::Policy) for what cannot be read or is no TOML.
pub fn entries(path: &Path) -> Result<Entries> {
    let table: toml::Table = TomlFile::read(path)?.parse()?;
    let mut entries = Entries::new();
    add(&mut entries, "", toml::Value::Table(table));
    Ok(entries)
}

fn add(entries: &mut Entries, key: &str, value: toml::Value) {
    let entry = match value {
        toml::Value::Table(table) => {
            for (name, value) in table {
                let dot = if key.is_empty() { "" } else { "." };
                add(entries, &format!("{key}{dot}{name}"), value);
            }
            return;
        }
        toml::Value::Boolean(flag) => Entry::Flag(flag),
        toml::Value::Integer(number) => Entry::Number(number),
        toml::Value::String(text) => Entry::Text(text),
        toml::Value::Array(list) => Entry::List(list.into_iter().map(word).collect()),
        other => Entry::Text(other.to_string()),
    };
    entries.insert(key.to_owned(), entry);
}

fn word(value: toml::Value) -> String {
    match value {
        toml::Value::String(text) => text,
        other => other.to_string(),
    }
}

/// The limits among `entries`.
///
/// # Errors
/// What is wrong with one of them.
pub fn budget(entries: &Entries) -> std::result::Result<Budget, String> {
    let limits = entries.iter().filter_map(|(key, entry)| {
        let key = key.strip_prefix("budget.")?;
        Some((key.to_owned(), toml::Value::String(entry.to_string())))
    });
    let table: toml::Table = limits.collect();
    Budget::deserialize(table).map_err(|error| error.message().to_owned())
}
