//! Files that belong to another one.

use std::path::Path;

use wasm_gauge::binary::{Binary, Input};
use wasm_gauge::measure::Profile;
use wasm_gauge::{Fault, Result};

/// The profile of `binary`, read from `input`, with the names of the file `twin` where that is given.
pub fn profile(input: &Input, binary: &Binary, twin: Option<&Path>) -> Result<Profile> {
    named(input, twin, |twin| {
        Profile::measure(&input.label, binary, twin)
    })
}

/// What `measure` makes of the names of the file `twin`, if that is given, and what is read from `input`. The reason of
/// a failure is of the former, or else of the latter.
pub fn named<T>(
    input: &Input,
    twin: Option<&Path>,
    measure: impl FnOnce(Option<&Binary>) -> Result<T, Fault>,
) -> Result<T> {
    match twin.map(Input::read).transpose()? {
        Some(twin) => measure(Some(&twin.parse()?)).map_err(|fault| twin.error(fault)),
        None => measure(None).map_err(|fault| input.error(fault)),
    }
}

/// The binary before wasm-opt in `before`, which has to be of the same kind as `binary`, read from `input`.
pub fn unoptimized<'a>(before: &'a Input, input: &Input, binary: &Binary) -> Result<Binary<'a>> {
    let unoptimized = before.parse()?;
    match (unoptimized.kind(), binary.kind()) {
        (before, now) if before == now => Ok(unoptimized),
        (kind, now) => Err(before.error(format!(
            "is a {kind}, but {} is a {now}: wasm-opt does not make one of the other",
            input.path().display(),
        ))),
    }
}
