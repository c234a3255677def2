//! The compressed size, measured with GNU gzip itself.
//!
//! No library splits blocks as it does. Of 48 .wasm files from npm packages zlib at level 9 gave
//! the same size for 4 and was 1.0 % smaller to 2.2 % larger for the others; zlib-rs, miniz_oxide
//! and libdeflate were further off. A budget judged to the byte needs what `gzip -9` gives.

use std::io::{self, ErrorKind, Write};
use std::process::Stdio;
use std::thread;

use crate::Result;
use crate::tool::{Tool, Wanted};

static WANTED: Wanted = Wanted {
    name: "gzip",
    introduction: "gzip ",
    description: "GNU gzip",
    hint: "install GNU gzip",
    options_variable: Some("GZIP"),
};

/// The `gzip` program on the search path.
#[derive(Debug)]
pub struct Gzip(Tool);

impl Gzip {
    /// Finds `gzip` and asks for its version.
    ///
    /// # Errors
    /// [`crate::Error::Tool`] when there is none, or when it is not GNU gzip: others compress differently.
    pub fn find() -> Result<Self> {
        Tool::find(&WANTED, WANTED.name.into()).map(Gzip)
    }

    /// The version as gzip tells it: `1.14`.
    pub fn version(&self) -> &str {
        self.0.version()
    }

    /// Bytes of `bytes` compressed by `gzip -9`, without a file name and time in the header.
    ///
    /// # Errors
    /// [`crate::Error::Tool`] when gzip fails.
    pub fn size(&self, bytes: &[u8]) -> Result<u64> {
        let Gzip(tool) = self;
        let mut child = tool
            .command()
            .args(["-9", "-n", "-c"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| tool.failed(&error))?;
        let (stdin, stdout) = (child.stdin.take(), child.stdout.take());
        let (Some(mut stdin), Some(mut stdout)) = (stdin, stdout) else {
            return Err(tool.failed(&ErrorKind::BrokenPipe.into()));
        };
        // Both ends at once: a full pipe on either side would block the other for ever.
        let copied = thread::scope(|scope| {
            let writer = scope.spawn(move || stdin.write_all(bytes));
            let size = io::copy(&mut stdout, &mut io::sink());
            (writer.join(), size)
        });
        let status = child.wait().map_err(|error| tool.failed(&error))?;
        match copied {
            (Ok(Ok(())), Ok(size)) if status.success() => Ok(size),
            (Ok(Err(error)), _) | (_, Err(error)) => Err(tool.failed(&error)),
            _ => Err(tool.error(format!("`gzip -9` failed: {status}"))),
        }
    }
}
