//! Reads input files without trusting them.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use super::Binary;
use crate::{Error, Fault, Result};

/// The largest input, in bytes: the size limit of a module in the WebAssembly JavaScript
/// Interface's implementation limits, which engines and wasmparser share.
const MAX_BYTES: u64 = 1024 * 1024 * 1024;

/// What every WebAssembly binary begins with; the version follows.
const MAGIC: [u8; 4] = *b"\0asm";

/// Magic and version: as much as every core module and component has.
const HEADER_BYTES: usize = 8;

/// The bytes of a file, and what to call it.
#[derive(Debug)]
pub struct Input {
    /// The path as it was given, `-` for standard input: for error messages.
    path: String,
    /// The file's name without its folders: for results, which must not depend on where files lie.
    pub label: String,
    bytes: Vec<u8>,
}

impl Input {
    /// Reads the file at `path`, or standard input when it is `-`.
    ///
    /// The header is read first: what is not WebAssembly is refused before its bulk is read.
    ///
    /// # Errors
    /// [`Error::Input`] when it cannot be read, does not begin like a WebAssembly binary, or is
    /// larger than 1 GiB.
    pub fn read(path: &Path) -> Result<Self> {
        let read = if path == Path::new("-") {
            read_binary(io::stdin().lock())
        } else {
            File::open(path).map_err(Fault::from).and_then(read_binary)
        };
        let name = path.file_name().unwrap_or(path.as_os_str());
        Ok(Input {
            bytes: read.map_err(|fault| Error::input(path, fault))?,
            label: name.to_string_lossy().into_owned(),
            path: path.to_string_lossy().into_owned(),
        })
    }

    /// The path as it was given, `-` for standard input.
    pub fn path(&self) -> &Path {
        Path::new(&self.path)
    }

    /// The whole file.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Takes the bytes apart and validates them.
    ///
    /// # Errors
    /// [`Error::Input`] when they are not a valid core module or component.
    pub fn parse(&self) -> Result<Binary<'_>> {
        Binary::parse(&self.bytes).map_err(|fault| self.error(fault))
    }

    /// An [`Error::Input`] about this file.
    pub fn error(&self, reason: impl Into<Fault>) -> Error {
        Error::input(self.path(), reason)
    }
}

fn read_binary(source: impl Read) -> Result<Vec<u8>, Fault> {
    let mut source = source.take(MAX_BYTES + 1);
    let mut bytes = Vec::new();
    (&mut source)
        .take(HEADER_BYTES as u64)
        .read_to_end(&mut bytes)?;
    check_header(&bytes)?;
    source.read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err("larger than 1 GiB, the most that engines take".into());
    }
    Ok(bytes)
}

fn check_header(header: &[u8]) -> Result<(), Fault> {
    if header.is_empty() {
        Err("empty".into())
    } else if !header.starts_with(&MAGIC) {
        let begins = header.escape_ascii();
        let reason = format!("begins with \"{begins}\", not with \"\\0asm\"");
        Err(format!("not a WebAssembly binary: {reason}").into())
    } else if header.len() < HEADER_BYTES {
        let length = header.len();
        Err(format!("truncated: {length} bytes, less than the header of {HEADER_BYTES}").into())
    } else {
        Ok(())
    }
}
