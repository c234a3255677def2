//! What a core module shows to the outside, compared before and after wasm-opt.

use wasmparser::types::EntityType;
use wasmparser::{Parser, ValidPayload, Validator};

use crate::binary::{component_of, features};

/// Imports by module and name, exports by name, each with its type.
#[derive(Default)]
struct Interface {
    imports: Vec<(String, String, EntityType)>,
    exports: Vec<(String, EntityType)>,
}

/// Holds that the core module `after` exports what `before` does and imports nothing else, all of it
/// with the same types. Imports that nothing uses may go.
///
/// # Errors
/// The difference, or why `after` is not valid.
pub(super) fn check(before: &[u8], after: &[u8]) -> Result<(), String> {
    // Types that are the same have the same identity within one component.
    let both = component_of(&[before, after]);
    let mut interfaces = interfaces(&both).map_err(|error| format!("is not valid: {error}"))?;
    let (Some(after), Some(before)) = (interfaces.pop(), interfaces.pop()) else {
        return Err("is not valid: no core module".to_owned());
    };
    for (module, name, ty) in &after.imports {
        let mut same_name = before
            .imports
            .iter()
            .filter(|(other_module, other, _)| (other_module, other) == (module, name))
            .peekable();
        if same_name.peek().is_none() {
            return Err(format!(
                "imports `{module}` `{name}`, which was not imported"
            ));
        }
        if !same_name.any(|(_, _, other)| other == ty) {
            return Err(format!(
                "imports `{module}` `{name}` with another type than before"
            ));
        }
    }
    for (name, ty) in &before.exports {
        match after.exports.iter().find(|(other, _)| other == name) {
            None => return Err(format!("does not export `{name}` any more")),
            Some((_, other)) if other != ty => {
                return Err(format!("exports `{name}` with another type than before"));
            }
            Some(_) => {}
        }
    }
    if after.exports.len() > before.exports.len() {
        return Err("exports more than before".to_owned());
    }
    Ok(())
}

/// The interfaces of the core modules in a component.
fn interfaces(component: &[u8]) -> wasmparser::Result<Vec<Interface>> {
    let mut validator = Validator::new_with_features(features());
    let mut interfaces = Vec::new();
    for payload in Parser::new(0).parse_all(component) {
        if let ValidPayload::End(types) = validator.payload(&payload?)?
            && let (Some(imports), Some(exports)) =
                (types.as_ref().core_imports(), types.as_ref().core_exports())
        {
            interfaces.push(Interface {
                imports: imports
                    .map(|(module, name, ty)| (module.to_owned(), name.to_owned(), ty))
                    .collect(),
                exports: exports.map(|(name, ty)| (name.to_owned(), ty)).collect(),
            });
        }
    }
    Ok(interfaces)
}
