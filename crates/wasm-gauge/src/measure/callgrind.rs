//! Instructions that a process runs, counted by Valgrind's callgrind.

use std::ffi::OsString;
use std::fs;
use std::process::{Command, Stdio};

use crate::Result;
use crate::tool::{Tool, Wanted};

static WANTED: Wanted = Wanted {
    name: "valgrind",
    introduction: "valgrind-",
    description: "Valgrind",
    hint: "install Valgrind, or say where it is",
    options_variable: Some("VALGRIND_OPTS"),
};

/// Lets the C library of an x86-64 machine copy memory as on every other: where `rep movsb` is fast it copies with
/// that, which callgrind counts once a byte. On another architecture it changes nothing.
const TUNABLES: (&str, &str) = (
    "GLIBC_TUNABLES",
    "glibc.cpu.hwcaps=-ERMS,-FSRM,-AVX,-AVX2,-AVX512F,-AVX512VL",
);

/// A `valgrind` program.
#[derive(Debug)]
pub struct Callgrind(Tool);

impl Callgrind {
    /// Asks `program`, a path or a name to be found on the search path, whether it is Valgrind.
    ///
    /// # Errors
    /// [`crate::Error::Tool`] when there is no such program, or when it is not Valgrind.
    pub fn find(program: OsString) -> Result<Self> {
        Tool::find(&WANTED, program).map(Callgrind)
    }

    /// All instructions of the process that `counts` would start, with this standard input. What it works on is `subject`.
    ///
    /// # Errors
    /// [`crate::Error::Tool`] with what Valgrind or the program under it says when it fails.
    pub(super) fn count(
        &self,
        counts: &Command,
        stdin: impl Into<Stdio>,
        subject: impl std::fmt::Display,
    ) -> Result<u64> {
        let Callgrind(tool) = self;
        let counted = tempfile::NamedTempFile::new().map_err(|error| tool.failed(&error))?;
        let mut option = OsString::from("--callgrind-out-file=");
        option.push(counted.path());
        let mut command = tool.command();
        command
            .env(TUNABLES.0, TUNABLES.1)
            .arg("--tool=callgrind")
            .arg(option)
            .arg(counts.get_program())
            .args(counts.get_args())
            .stdin(stdin);
        tool.run(&mut command, subject)?;
        let text = fs::read_to_string(counted.path())
            .map_err(|reason| self.error(format!("callgrind counted nothing: {reason}")))?;
        total(&text).ok_or_else(|| self.error("callgrind's output has no total"))
    }

    /// A [`crate::Error::Tool`] about Valgrind.
    pub(super) fn error(&self, reason: impl Into<crate::Fault>) -> crate::Error {
        self.0.error(reason)
    }
}

/// The total in callgrind's output: `summary: 12345`, by the first event, which is `Ir`.
fn total(text: &str) -> Option<u64> {
    let events = text.lines().find_map(|line| line.strip_prefix("events:"))?;
    let totals = text
        .lines()
        .find_map(|line| line.strip_prefix("summary:"))?;
    let first_is = events.split_whitespace().next()? == "Ir";
    let first = totals.split_whitespace().next()?.parse().ok();
    first.filter(|_| first_is)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_total_is_that_of_instructions() {
        for (text, expected) in [
            (
                "version: 1\nevents: Ir\nfn=(1) main\nsummary: 1234\n\ntotals: 1234\n",
                Some(1_234),
            ),
            ("events: Ir Dr\nsummary: 5 6\n", Some(5)),
            ("events: Dr Ir\nsummary: 5 6\n", None),
            ("events: Ir\nsummary: many\n", None),
            ("events: Ir\n", None),
            ("summary: 5\n", None),
            ("", None),
        ] {
            assert_eq!(total(text), expected, "{text}");
        }
    }
}
