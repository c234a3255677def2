//! The `wasm-opt` program of Binaryen.

use std::ffi::OsString;
use std::fs;
use std::io::{self, ErrorKind};
use std::process::{Command, Stdio};

use crate::{Error, Result};

const TOOL: &str = "wasm-opt";

/// A `wasm-opt` program.
#[derive(Debug)]
pub struct WasmOpt {
    program: OsString,
    version: String,
}

impl WasmOpt {
    /// Asks `program`, a path or a name to be found on the search path, for its version.
    ///
    /// # Errors
    /// [`Error::Tool`] when there is no such program, or when it is not wasm-opt.
    pub fn find(program: OsString) -> Result<Self> {
        let output = Command::new(&program)
            .arg("--version")
            .stdin(Stdio::null())
            .output()
            .map_err(failed)?;
        let text = String::from_utf8_lossy(&output.stdout);
        let first_line = text.lines().next().unwrap_or_default();
        match first_line.strip_prefix("wasm-opt version ") {
            Some(version) => Ok(WasmOpt {
                version: version.to_owned(),
                program,
            }),
            None => Err(error(format!(
                "`{} --version` says \"{first_line}\": Binaryen's wasm-opt is needed",
                program.display()
            ))),
        }
    }

    /// The version as wasm-opt tells it: `131`, in some builds with a commit behind it.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// What wasm-opt makes of the core module `module`, which is at `offset` in its file.
    ///
    /// # Errors
    /// [`Error::Tool`] with what wasm-opt says when it fails.
    pub(super) fn optimize(
        &self,
        module: &[u8],
        arguments: &[String],
        offset: usize,
    ) -> Result<Vec<u8>> {
        let folder = tempfile::tempdir().map_err(failed)?;
        let input = folder.path().join("input.wasm");
        let output = folder.path().join("output.wasm");
        fs::write(&input, module).map_err(failed)?;
        let ran = Command::new(&self.program)
            .args(arguments)
            .arg(&input)
            .arg("-o")
            .arg(&output)
            .stdin(Stdio::null())
            .output()
            .map_err(failed)?;
        if !ran.status.success() {
            let said = String::from_utf8_lossy(&ran.stderr);
            return Err(error(format!(
                "failed on the core module at offset {offset} ({}): {}",
                ran.status,
                said.trim_end()
            )));
        }
        fs::read(&output).map_err(|reason| {
            error(format!(
                "made no module of the core module at offset {offset}: {reason}"
            ))
        })
    }
}

/// An [`Error::Tool`] about wasm-opt.
pub(super) fn error(reason: String) -> Error {
    Error::Tool { tool: TOOL, reason }
}

fn failed(reason: io::Error) -> Error {
    error(match reason.kind() {
        ErrorKind::NotFound => "not found: install Binaryen, or give --wasm-opt PATH".to_owned(),
        _ => reason.to_string(),
    })
}
