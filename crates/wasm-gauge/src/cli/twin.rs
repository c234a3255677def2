//! Files that belong to another one.

use std::path::Path;

use wasm_gauge::Result;
use wasm_gauge::binary::{Binary, Input};
use wasm_gauge::measure::Profile;

/// The profile of `binary`, read from `input`, with the names of the file `twin` where that is given.
pub fn profile(input: &Input, binary: &Binary, twin: Option<&Path>) -> Result<Profile> {
    match twin.map(Input::read).transpose()? {
        Some(twin) => Profile::measure(&input.label, binary, Some(&twin.parse()?))
            .map_err(|reason| twin.error(reason)),
        None => Profile::measure(&input.label, binary, None).map_err(|reason| input.error(reason)),
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
