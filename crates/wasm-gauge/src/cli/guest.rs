//! Options and calls of every subcommand that runs a guest.

use std::path::PathBuf;

use clap::Args;
use wasm_gauge::Result;
use wasm_gauge::binary::Input;
use wasm_gauge::engine::calls::Call;
use wasm_gauge::engine::{self, DEFAULT_MAX_FUEL, Grants, Reply};
use wasm_gauge::units::Size;

/// What a guest may see of this machine.
#[derive(Args)]
pub struct GuestOptions {
    /// Let the guest see an environment variable
    #[arg(long = "env", value_name = "NAME=VALUE", value_parser = variable)]
    environment: Vec<(String, String)>,

    /// Let the guest read a folder, under the path behind `::`
    #[arg(long = "dir", value_name = "HOST::GUEST", value_parser = folder)]
    folders: Vec<(PathBuf, String)>,

    /// Let the guest's memory grow to SIZE and no further, as in "4 MiB"
    #[arg(long, value_name = "SIZE")]
    max_memory: Option<Size>,

    /// Let an instance use N units of fuel and no more, most instructions taking one; 100,000,000,000 unless given
    #[arg(long, value_name = "N")]
    max_fuel: Option<u64>,
}

/// How much a guest may run.
#[derive(Args, Clone, Copy)]
pub struct FuelOption {
    /// Let an instance use N units of fuel and no more, most instructions taking one
    #[arg(long, value_name = "N", default_value_t = DEFAULT_MAX_FUEL)]
    pub max_fuel: u64,
}

/// A compiled binary, and what every instance of it may see.
pub struct GuestProgram<'a> {
    input: &'a Input,
    program: engine::Program,
    grants: Grants,
}

/// An instance to be called.
pub struct GuestInstance(Box<dyn engine::Guest>);

impl GuestOptions {
    /// Compiles `input`.
    pub fn compile(self, input: &Input) -> Result<GuestProgram<'_>> {
        Ok(GuestProgram {
            input,
            program: engine::compile(&input.parse()?).map_err(|fault| input.error(fault))?,
            grants: Grants {
                environment: self.environment,
                folders: self.folders,
                max_memory_bytes: self.max_memory.map(|size| size.0),
                max_fuel: self.max_fuel.unwrap_or(DEFAULT_MAX_FUEL),
            },
        })
    }
}

impl GuestProgram<'_> {
    /// Makes one more instance.
    pub fn instantiate(&self) -> Result<GuestInstance> {
        let guest = self.program.instantiate(&self.grants);
        guest
            .map(GuestInstance)
            .map_err(|fault| self.input.error(fault))
    }
}

impl GuestInstance {
    /// Makes `call`, which stands at `place`.
    pub fn call(&mut self, place: &str, call: &Call) -> Result<Reply> {
        call.make(&mut *self.0, place)
    }

    /// Bytes of all its linear memories together.
    pub fn memory_bytes(&self) -> u64 {
        self.0.memory_bytes()
    }
}

fn variable(text: &str) -> std::result::Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err("write NAME=VALUE".to_owned()),
    }
}

fn folder(text: &str) -> std::result::Result<(PathBuf, String), String> {
    match text.split_once("::") {
        Some((host, guest)) if !host.is_empty() && !guest.is_empty() => {
            Ok((host.into(), guest.to_owned()))
        }
        _ => Err("write HOST::GUEST, as in ./prompts::/prompts".to_owned()),
    }
}
