//! TOML files, and where in them something is wrong.

use std::fs;
use std::ops::Range;
use std::path::Path;

use crate::{Error, Fault, Place, Result};

/// What would be right where a name is wrong.
pub(super) fn one_of<'a>(place: &str, names: impl IntoIterator<Item = &'a String>) -> String {
    let names: Vec<String> = names.into_iter().map(|name| format!("`{name}`")).collect();
    if names.is_empty() {
        format!("{place} has none")
    } else {
        format!("{place} has {}", names.join(", "))
    }
}

/// A TOML file with its path, to say where in it something is wrong.
pub(super) struct TomlFile<'a> {
    path: &'a Path,
    text: String,
}

impl<'a> TomlFile<'a> {
    pub fn read(path: &'a Path) -> Result<Self> {
        match fs::read_to_string(path) {
            Ok(text) => Ok(TomlFile { path, text }),
            Err(error) => Err(Error::policy(path, error)),
        }
    }

    pub fn parse<T: serde::de::DeserializeOwned>(&self) -> Result<T> {
        toml::from_str(&self.text)
            .map_err(|error: toml::de::Error| self.error(error.span(), error.message()))
    }

    pub fn error(&self, span: Option<Range<usize>>, reason: &str) -> Error {
        let place = match span {
            Some(span) => Place::offset(self.path, &self.text, span.start),
            None => Place::file(self.path),
        };
        Error::Policy(Fault::from(reason).at(place))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::Policy;

    #[test]
    fn a_missing_policy_is_named() {
        let error = Policy::load(Path::new("/no/gauge.toml")).expect_err("it is not there");
        assert_eq!(
            error.to_string(),
            "/no/gauge.toml: No such file or directory (os error 2)"
        );
    }
}
