//! What wasm-opt made before, kept in a folder.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use tempfile::NamedTempFile;

use super::wasm_opt::Made;
use crate::measure::sha256;
use crate::{Error, Result};

/// A folder with what wasm-opt made, each by the SHA-256 of the module, the version and the options.
///
/// A file is three parts: the SHA-256 of the other two, a line of JSON with what wasm-opt said, the module. One
/// that is not so is made again.
#[derive(Debug)]
pub struct Cache {
    folder: PathBuf,
}

/// What stands before the module.
#[derive(Deserialize, Serialize)]
struct Head {
    said: Vec<String>,
}

/// How long a SHA-256 is in hexadecimal, with the line's end.
const SUM_BYTES: usize = 65;

impl Cache {
    /// The cache in `folder`, which is made where it is not there.
    ///
    /// # Errors
    /// [`Error::System`] when it cannot be made.
    pub fn open(folder: &Path) -> Result<Self> {
        fs::create_dir_all(folder).map_err(|error| unwritten(folder, &error))?;
        Ok(Cache {
            folder: folder.to_owned(),
        })
    }

    /// The file for what wasm-opt of `version` makes of `module` with these options.
    pub(super) fn path(&self, version: &str, module: &[u8], options: &[String]) -> PathBuf {
        let options = options.join("\0");
        let key = [&sha256(module), version, &options].join("\n");
        self.folder.join(sha256(key.as_bytes()))
    }
}

/// What the file at `path` holds, if it is whole.
pub(super) fn read(path: &Path) -> Option<Made> {
    let file = fs::read(path).ok()?;
    let (sum, rest) = file.split_at_checked(SUM_BYTES)?;
    let is_whole = sum.strip_suffix(b"\n")? == sha256(rest).as_bytes();
    let end = rest.iter().position(|byte| *byte == b'\n')?;
    let head: Head = serde_json::from_slice(&rest[..end]).ok()?;
    is_whole.then(|| Made {
        bytes: rest[end + 1..].to_vec(),
        said: head.said,
    })
}

/// Puts `made` into the file at `path`, whole or not at all.
///
/// # Errors
/// [`Error::System`] when it cannot be written.
pub(super) fn write(path: &Path, made: &Made) -> Result<()> {
    let head = Head {
        said: made.said.clone(),
    };
    let mut rest = serde_json::to_vec(&head).expect("strings are JSON");
    rest.push(b'\n');
    rest.extend(&made.bytes);
    let folder = path.parent().unwrap_or(Path::new("."));
    let write = || {
        let mut file = NamedTempFile::new_in(folder)?;
        writeln!(file, "{}", sha256(&rest))?;
        file.write_all(&rest)?;
        file.persist(path)?;
        Ok(())
    };
    write().map_err(|error: std::io::Error| unwritten(folder, &error))
}

fn unwritten(folder: &Path, error: &std::io::Error) -> Error {
    let folder = folder.display();
    Error::system(format!(
        "cannot write to the cache {folder}: {}",
        error.kind()
    ))
}
