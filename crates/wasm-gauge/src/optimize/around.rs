//! A component, encoded anew around its first core module.
//!
//! Code that wasm-opt took out leaves what it was called through in the component around it: imports, functions
//! that hand calls over, and whole modules of them. wit-component makes none of that for a module that does not
//! ask for it. So the component is made again of its first core module and its world, as toolchains make it.

use wit_component::{
    ComponentEncoder, DecodedWasm, StringEncoding, decode, embed_component_metadata, targets,
};
use wit_parser::{Resolve, WorldId};

use super::wiring::wiring;
use crate::binary::{
    Binary, Kind, Section, Unit, is_metadata, replace_core_modules, without_custom_sections,
};
use crate::measure::externs::{Direction, Externs};

/// What a component is made of again.
pub(super) struct Around {
    resolve: Resolve,
    world: WorldId,
}

impl Around {
    /// What `binary` is made of; none where that is not proved. It is where wit-component makes of its first core
    /// module and its world what it is, custom sections aside: then nothing else is in it, and what is made of
    /// another module with the same imports and exports is put together the same way.
    pub(super) fn of(binary: &Binary) -> Option<Self> {
        if binary.kind() != Kind::Component {
            return None;
        }
        let has_other_metadata = binary.units()[0]
            .sections
            .iter()
            .any(|section| section.id == Section::CUSTOM && !is_metadata(section.name));
        let first = binary.core_modules().next()?;
        let DecodedWasm::Component(resolve, world) = decode(binary.bytes()).ok()? else {
            return None;
        };
        let around = Around { resolve, world };
        let again = around.encode(&without_custom_sections(binary, first, |_| true))?;
        let again = Binary::parse(&again).ok()?;
        let is_same = wiring(binary).is_some_and(|before| Some(before) == wiring(&again));
        (!has_other_metadata && is_same).then_some(around)
    }

    /// The component around the core module `first`, if it fits wherever the one before does: it exports the same,
    /// and imports nothing else.
    pub(super) fn component(&self, first: &[u8]) -> Option<Vec<u8>> {
        let encoded = self.encode(first)?;
        let binary = Binary::parse(&encoded).ok()?;
        let unit = binary.core_modules().next()?;
        // What is encoded says who did it in the module.
        let component = replace_core_modules(&binary, |other, _| {
            (other.range == unit.range).then(|| first.to_vec())
        });
        let code = |binary: &Binary, unit: &Unit| without_custom_sections(binary, unit, |_| true);
        let before = Binary::parse(first).ok()?;
        let is_first = code(&binary, unit) == code(&before, before.core_modules().next()?);
        targets(&self.resolve, self.world, &component).ok()?;
        is_first.then_some(component)
    }

    fn encode(&self, first: &[u8]) -> Option<Vec<u8>> {
        let mut module = first.to_vec();
        let encoding = StringEncoding::UTF8;
        embed_component_metadata(&mut module, &self.resolve, self.world, encoding).ok()?;
        ComponentEncoder::default()
            .module(&module)
            .ok()?
            .encode()
            .ok()
    }
}

/// What `before` imports and `after` does not.
pub(super) fn dropped_imports(before: &Binary, after: &Binary) -> Vec<String> {
    let names = |binary: &Binary| -> Vec<String> {
        let externs = Externs::measure("", binary, Direction::Imports, false);
        let units = externs.map(|externs| externs.units).unwrap_or_default();
        let externs = units.into_iter().flat_map(|unit| unit.externs);
        externs
            .map(|import| match import.module {
                Some(module) => format!("{module} {}", import.name),
                None => import.name,
            })
            .collect()
    };
    let kept = names(after);
    let mut dropped = names(before);
    dropped.retain(|name| !kept.contains(name));
    dropped
}
