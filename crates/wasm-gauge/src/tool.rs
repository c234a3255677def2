//! External programs: found, asked for their version, run.

use std::env;
use std::ffi::OsString;
use std::fmt::Display;
use std::io::{self, ErrorKind};
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

use crate::{Error, Fault, Result};

/// What a program has to be.
#[derive(Debug)]
pub(crate) struct Wanted {
    /// Its usual name.
    pub name: &'static str,
    /// What the first line of `--version` begins with; the version is the rest of it.
    pub introduction: &'static str,
    /// What it is, for a message that another one was found.
    pub description: &'static str,
    /// What to do where there is none.
    pub hint: &'static str,
    /// An environment variable with options for it, which are not passed on: they would change what it does.
    pub options_variable: Option<&'static str>,
}

/// A program that is what was wanted.
#[derive(Debug)]
pub(crate) struct Tool {
    wanted: &'static Wanted,
    program: OsString,
    version: String,
}

impl Tool {
    /// Asks `program`, a path or a name to be found on the search path, for its version.
    ///
    /// # Errors
    /// [`Error::Tool`] when there is no such program, or when it is not the one wanted.
    pub fn find(wanted: &'static Wanted, program: OsString) -> Result<Self> {
        let mut tool = Tool {
            wanted,
            program,
            version: String::new(),
        };
        let output = tool.command().arg("--version").output();
        let output = output.map_err(|error| tool.failed(&error))?;
        let text = String::from_utf8_lossy(&output.stdout);
        let first_line = text.lines().next().unwrap_or_default();
        match first_line.strip_prefix(wanted.introduction) {
            Some(version) => {
                version.clone_into(&mut tool.version);
                Ok(tool)
            }
            None => Err(tool.error(format!(
                "`{} --version` says \"{first_line}\": {} is needed",
                tool.program.display(),
                wanted.description
            ))),
        }
    }

    /// The version as the program tells it.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The program, yet without arguments and with nothing to read.
    pub fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command.stdin(Stdio::null());
        if let Some(variable) = self.wanted.options_variable {
            command.env_remove(variable);
        }
        command
    }

    /// What `command`, one of this program, writes. What it works on is `subject`.
    ///
    /// # Errors
    /// [`Error::Tool`] with what it says when it fails.
    pub fn run(&self, command: &mut Command, subject: impl Display) -> Result<Output> {
        let output = command.output().map_err(|error| self.failed(&error))?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr);
            let fault = Fault::from(format!("failed on {subject} ({})", output.status));
            return Err(self.error(match said.trim_end() {
                "" => fault,
                said => fault.caused_by(said),
            }));
        }
        Ok(output)
    }

    /// An [`Error::Tool`] about this program.
    pub fn error(&self, reason: impl Into<Fault>) -> Error {
        Error::Tool(reason.into().at(self.wanted.name))
    }

    /// An [`Error::Tool`] for what the system says of starting it, or of its files.
    pub fn failed(&self, error: &io::Error) -> Error {
        self.error(match error.kind() {
            ErrorKind::NotFound => format!("not found: {}", self.wanted.hint),
            _ => error.to_string(),
        })
    }
}

/// A folder for the files of a program, gone when it is dropped.
///
/// # Errors
/// [`Error::System`] when there is no place for it.
pub(crate) fn temporary_folder() -> Result<TempDir> {
    tempfile::tempdir().map_err(|error| {
        let (folder, kind) = (env::temp_dir(), error.kind());
        Error::system(format!(
            "cannot make a temporary folder in {}: {kind}: TMPDIR has to be a folder that can be written to",
            folder.display()
        ))
    })
}
