//! The `wasm-opt` program of Binaryen.

use std::ffi::OsString;
use std::fs;

use crate::tool::{Tool, Wanted};
use crate::{Error, Result};

static WANTED: Wanted = Wanted {
    name: "wasm-opt",
    introduction: "wasm-opt version ",
    description: "Binaryen's wasm-opt",
    hint: "install Binaryen, or give --wasm-opt PATH",
    options_variable: None,
};

/// A `wasm-opt` program.
#[derive(Debug)]
pub struct WasmOpt(Tool);

impl WasmOpt {
    /// Asks `program`, a path or a name to be found on the search path, for its version.
    ///
    /// # Errors
    /// [`Error::Tool`] when there is no such program, or when it is not wasm-opt.
    pub fn find(program: OsString) -> Result<Self> {
        Tool::find(&WANTED, program).map(WasmOpt)
    }

    /// The version as wasm-opt tells it: `131`, in some builds with a commit behind it.
    pub fn version(&self) -> &str {
        self.0.version()
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
        let WasmOpt(tool) = self;
        let folder = tempfile::tempdir().map_err(|error| tool.failed(&error))?;
        let input = folder.path().join("input.wasm");
        let output = folder.path().join("output.wasm");
        fs::write(&input, module).map_err(|error| tool.failed(&error))?;
        let mut command = tool.command();
        command.args(arguments).arg(&input).arg("-o").arg(&output);
        tool.run(
            &mut command,
            format_args!("the core module at offset {offset}"),
        )?;
        fs::read(&output).map_err(|reason| {
            tool.error(format!(
                "made no module of the core module at offset {offset}: {reason}"
            ))
        })
    }

    /// An [`Error::Tool`] about wasm-opt.
    pub(super) fn error(&self, reason: String) -> Error {
        self.0.error(reason)
    }
}
