//! The `wasm-opt` program of Binaryen.

use std::ffi::OsString;
use std::fs;

use crate::binary::target_features::LEAST_WASM_OPT;
use crate::tool::{Tool, Wanted, temporary_folder};
use crate::{Error, Fault, Result};

static WANTED: Wanted = Wanted {
    name: "wasm-opt",
    introduction: "wasm-opt version ",
    description: "Binaryen's wasm-opt",
    hint: "install Binaryen, or say where it is",
    options_variable: None,
};

/// A `wasm-opt` program.
#[derive(Debug)]
pub struct WasmOpt {
    tool: Tool,
    release: u32,
}

/// What wasm-opt made of a core module.
pub(super) struct Made {
    pub(super) bytes: Vec<u8>,
    /// What it said besides, by lines.
    pub(super) said: Vec<String>,
}

impl WasmOpt {
    /// Asks `program`, a path or a name to be found on the search path, for its version.
    ///
    /// # Errors
    /// [`Error::Tool`] when there is no such program, when it is not wasm-opt, or when it is older than
    /// [`LEAST_WASM_OPT`].
    pub fn find(program: OsString) -> Result<Self> {
        let tool = Tool::find(&WANTED, program)?;
        let digits = tool.version().split(|c: char| !c.is_ascii_digit()).next();
        match digits.and_then(|digits| digits.parse().ok()) {
            Some(release) if release >= LEAST_WASM_OPT => Ok(WasmOpt { tool, release }),
            Some(_) => Err(tool.error(format!(
                "version {} is too old: {LEAST_WASM_OPT} or later is needed",
                tool.version()
            ))),
            None => Err(tool.error(format!(
                "version {} is no number: {LEAST_WASM_OPT} or later is needed",
                tool.version()
            ))),
        }
    }

    /// The version as wasm-opt tells it: `131`, in some builds with a commit behind it.
    pub fn version(&self) -> &str {
        self.tool.version()
    }

    /// The number that the version begins with.
    pub(super) fn release(&self) -> u32 {
        self.release
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
    ) -> Result<Made> {
        let tool = &self.tool;
        let folder = temporary_folder()?;
        let input = folder.path().join("input.wasm");
        let output = folder.path().join("output.wasm");
        fs::write(&input, module).map_err(|error| tool.failed(&error))?;
        let mut command = tool.command();
        command.args(arguments).arg(&input).arg("-o").arg(&output);
        let finished = tool.run(
            &mut command,
            format_args!("the core module at offset {offset}"),
        )?;
        let bytes = fs::read(&output).map_err(|reason| {
            tool.error(format!(
                "made no module of the core module at offset {offset}: {reason}"
            ))
        })?;
        let said = [finished.stdout, finished.stderr].concat();
        let said = String::from_utf8_lossy(&said);
        Ok(Made {
            bytes,
            said: said.lines().map(str::to_owned).collect(),
        })
    }

    /// An [`Error::Tool`] about wasm-opt.
    pub(super) fn error(&self, reason: impl Into<Fault>) -> Error {
        self.tool.error(reason)
    }
}
