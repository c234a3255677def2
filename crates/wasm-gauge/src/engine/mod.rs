//! Runs the exports of components and core modules in wasmtime, without access to this machine.
//!
//! The same calls give the same replies: no files and no environment but what is granted, no
//! network; clocks and randomness are counted out, not measured.

mod component;
mod expansion;
mod limits;
mod module;
mod signature;
mod wasi;

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::Serialize;

use crate::binary::{Binary, Kind};
use limits::Limits;
use signature::{Shape, Signature};

/// An instance whose exported functions can be called.
pub trait Guest {
    /// Calls the function `export`; a function `f` of an exported interface is
    /// `namespace:package/interface#f`.
    ///
    /// # Errors
    /// [`CallError`]; after [`CallError::Trapped`] the instance takes no more calls.
    fn call(&mut self, export: &str, args: &[String]) -> Result<Reply, CallError>;

    /// Bytes of all its linear memories together: the most they had, since none ever shrinks.
    fn memory_bytes(&self) -> u64;
}

/// What of this machine a guest may see.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Grants {
    /// Environment variables: name and value.
    pub environment: Vec<(String, String)>,
    /// Folders to read from: where they are, and the path that the guest knows them by.
    pub folders: Vec<(PathBuf, String)>,
}

/// What a call returned. As JSON: `{"ok":null}`, `{"ok":"..."}`, `{"err":"..."}`, `{"value":"..."}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Reply {
    /// A result that is ok, with its string where its type has one.
    Ok(Option<String>),
    /// A result that is an error, with its string where its type has one.
    Err(Option<String>),
    /// A plain string.
    Value(String),
}

/// Why a call returned nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CallError {
    /// It was not made: there is no such function, or not with such arguments.
    #[error("{0}")]
    Refused(String),
    /// It began and did not come back.
    #[error("trapped: {0}")]
    Trapped(String),
}

/// Compiles `binary` and makes one instance of it.
///
/// Components get WASI 0.2. Core modules get WASI 0.1 (`wasi_snapshot_preview1`), must carry their
/// world in a `component-type` section, as wit-bindgen leaves it there, and follow its canonical
/// ABI; `_initialize` is called first where it is exported.
///
/// # Errors
/// Why there is no instance: an import that WASI does not have, a module without a world, a folder
/// that cannot be read, more than 1 GiB of linear memory.
pub fn instantiate(binary: &Binary, grants: &Grants) -> Result<Box<dyn Guest>, String> {
    Ok(match binary.kind() {
        Kind::Component => Box::new(component::Component::instantiate(binary.bytes(), grants)?),
        Kind::CoreModule => Box::new(module::Module::instantiate(binary.bytes(), grants)?),
    })
}

fn engine() -> wasmtime::Result<wasmtime::Engine> {
    let mut config = wasmtime::Config::new();
    config
        .cranelift_nan_canonicalization(true)
        .relaxed_simd_deterministic(true);
    wasmtime::Engine::new(&config)
}

/// Exported functions by name, with what is needed to call them, or why they cannot be called.
struct Exports<F>(BTreeMap<String, Result<(Signature, F), String>>);

impl<F> Exports<F> {
    fn find(&self, name: &str, args: &[String]) -> Result<&(Signature, F), CallError> {
        let refused = |reason: String| CallError::Refused(format!("`{name}`: {reason}"));
        match self.0.get(name) {
            None => {
                let names: Vec<&str> = self.0.keys().map(String::as_str).collect();
                Err(refused(format!(
                    "no such function is exported; there are: {}",
                    names.join(", ")
                )))
            }
            Some(Err(reason)) => Err(refused(reason.clone())),
            Some(Ok((signature, _))) if signature.strings != args.len() => Err(refused(format!(
                "{} arguments expected, {} given",
                signature.strings,
                args.len()
            ))),
            Some(Ok(export)) => Ok(export),
        }
    }
}

/// An error with its causes, on one line.
fn text(error: wasmtime::Error) -> String {
    let causes: Vec<String> = error.chain().map(ToString::to_string).collect();
    causes.join(": ")
}

/// The cause first; where it happened, over several lines, after it.
fn trapped(error: wasmtime::Error) -> CallError {
    let causes: Vec<String> = error.chain().map(ToString::to_string).rev().collect();
    CallError::Trapped(causes.join("\n"))
}
