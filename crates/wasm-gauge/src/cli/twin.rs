//! Files whose names another file has.

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
