//! What can go wrong: whose it is to mend, where it is, and what it comes of.

use std::error::Error as StdError;
use std::fmt;
use std::path::Path;

/// A result with this crate's [`Error`], or with another one.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a command could not do its work, by who has to do something about it. A judgement that fails is a result,
/// not an error.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The arguments do not fit together, or ask for what is not there.
    #[error(transparent)]
    Usage(Fault),
    /// This machine does not allow it: an output cannot be written, a program cannot be started.
    #[error(transparent)]
    System(Fault),
    /// The policy or the baseline cannot be read, or means nothing.
    #[error(transparent)]
    Policy(Fault),
    /// An input file is not what it should be.
    #[error(transparent)]
    Input(Fault),
    /// A guest did not come back from a call.
    #[error(transparent)]
    Trap(Fault),
    /// An external program is missing or failed.
    #[error(transparent)]
    Tool(Fault),
}

impl Error {
    /// An [`Error::Usage`].
    pub fn usage(reason: impl Into<Fault>) -> Self {
        Error::Usage(reason.into())
    }

    /// An [`Error::System`].
    pub fn system(reason: impl Into<Fault>) -> Self {
        Error::System(reason.into())
    }

    /// An [`Error::Input`] about the file at `path`.
    pub fn input(path: &Path, reason: impl Into<Fault>) -> Self {
        Error::Input(reason.into().at(Place::file(path)))
    }

    /// An [`Error::Policy`] about the file at `path`.
    pub fn policy(path: &Path, reason: impl Into<Fault>) -> Self {
        Error::Policy(reason.into().at(Place::file(path)))
    }

    /// What is wrong, where, and what it comes of, on one line.
    pub fn line(&self) -> String {
        let (Error::Usage(fault)
        | Error::System(fault)
        | Error::Policy(fault)
        | Error::Input(fault)
        | Error::Trap(fault)
        | Error::Tool(fault)) = self;
        fault.line()
    }

    /// The same error, which also says that it is about `name`.
    #[must_use]
    pub fn of(mut self, name: &str) -> Self {
        let (Error::Usage(fault)
        | Error::System(fault)
        | Error::Policy(fault)
        | Error::Input(fault)
        | Error::Trap(fault)
        | Error::Tool(fault)) = &mut self;
        fault.reason = format!("{name}: {}", fault.reason);
        self
    }
}

/// What is wrong. Who knows whose it is to mend makes an [`Error`] of it.
#[derive(Debug)]
pub struct Fault {
    place: Option<String>,
    reason: String,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

impl Fault {
    /// The same, at `place`: a [`Place`], or the name of what is not a file. One that has a place stays there.
    #[must_use]
    pub fn at(mut self, place: impl fmt::Display) -> Self {
        self.place.get_or_insert_with(|| place.to_string());
        self
    }

    /// The same, with what it comes of.
    #[must_use]
    pub fn caused_by(self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Fault {
            source: Some(source.into()),
            ..self
        }
    }

    /// All of it on one line: what it comes of stands last.
    pub fn line(&self) -> String {
        match &self.source {
            Some(source) => format!("{self}: {source}"),
            None => self.to_string(),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(place) = &self.place {
            write!(f, "{place}: ")?;
        }
        f.write_str(&self.reason)
    }
}

impl StdError for Fault {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        let source = self.source.as_deref()?;
        Some(source)
    }
}

impl From<String> for Fault {
    fn from(reason: String) -> Self {
        Fault {
            place: None,
            reason,
            source: None,
        }
    }
}

impl From<&str> for Fault {
    fn from(reason: &str) -> Self {
        reason.to_owned().into()
    }
}

impl From<std::io::Error> for Fault {
    fn from(error: std::io::Error) -> Self {
        error.to_string().into()
    }
}

/// A file, and where in it: `gauge.toml:7:13`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place<'a> {
    path: &'a Path,
    /// Line and column, counted from 1.
    line: Option<usize>,
    column: Option<usize>,
}

impl<'a> Place<'a> {
    /// The file at `path` as a whole; `-` is standard input.
    pub fn file(path: &'a Path) -> Self {
        Place {
            path,
            line: None,
            column: None,
        }
    }

    /// A line of the file, counted from 1.
    pub fn line(path: &'a Path, line: usize) -> Self {
        Place {
            line: Some(line),
            ..Place::file(path)
        }
    }

    /// A column of a line, both counted from 1.
    pub fn column(path: &'a Path, line: usize, column: usize) -> Self {
        Place {
            column: Some(column),
            ..Place::line(path, line)
        }
    }

    /// Where `text`, which the file holds, has the byte `offset`; the file as a whole where it has none.
    pub fn offset(path: &'a Path, text: &str, offset: usize) -> Self {
        match text.get(..offset) {
            Some(before) => Place::column(
                path,
                before.matches('\n').count() + 1,
                before.chars().rev().take_while(|c| *c != '\n').count() + 1,
            ),
            None => Place::file(path),
        }
    }
}

impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.path.to_str() {
            Some("-") => f.write_str("standard input")?,
            _ => write!(f, "{}", self.path.display())?,
        }
        for number in [self.line, self.column].into_iter().flatten() {
            write!(f, ":{number}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_written_as_editors_read_them() {
        let path = Path::new("a.toml");
        for (place, expected) in [
            (Place::file(path), "a.toml"),
            (Place::file(Path::new("-")), "standard input"),
            (Place::line(path, 3), "a.toml:3"),
            (Place::column(path, 3, 4), "a.toml:3:4"),
            (Place::offset(path, "a\né = 1\n", 5), "a.toml:2:3"),
            (Place::offset(path, "a", 2), "a.toml"),
            (Place::offset(path, "é", 1), "a.toml"),
        ] {
            assert_eq!(place.to_string(), expected);
        }
    }

    #[test]
    fn a_fault_stays_where_it_was_found() {
        let fault = Fault::from("no").at("a:1").at("b").caused_by("because");
        assert_eq!(fault.to_string(), "a:1: no");
        assert_eq!(fault.line(), "a:1: no: because");
        let error = Error::Trap(fault).of("x");
        assert_eq!(error.to_string(), "a:1: x: no");
        let source = StdError::source(&error).map(ToString::to_string);
        assert_eq!(source.as_deref(), Some("because"));
    }
}
