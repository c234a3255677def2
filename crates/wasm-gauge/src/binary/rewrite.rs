//! Puts other core modules into a binary and leaves the rest of it as it is.

use std::slice;

use super::{Binary, Kind, Section, Unit};

/// `binary` with each core module replaced by what `replacement` returns for it and its bytes, if
/// anything.
///
/// All other bytes stay, encodings longer than needed included; but where something within a section
/// was replaced by other bytes, the section's length is encoded anew.
pub fn replace_core_modules(
    binary: &Binary,
    replacement: impl Fn(&Unit, &[u8]) -> Option<Vec<u8>>,
) -> Vec<u8> {
    rewrite(binary, replacement, |_| false)
}

/// [`replace_core_modules`], with the names and the provenance of components left out besides.
pub(crate) fn replace_core_modules_and_strip(
    binary: &Binary,
    replacement: impl Fn(&Unit, &[u8]) -> Option<Vec<u8>>,
) -> Vec<u8> {
    rewrite(binary, replacement, is_metadata)
}

/// Whether a custom section of this name tells people and tools what parts are called and who made them.
pub(crate) fn is_metadata(name: &str) -> bool {
    ["component-name", "name", "producers"].contains(&name)
}

/// `binary` with core modules replaced, and without the custom sections of components that are dropped.
fn rewrite(
    binary: &Binary,
    replacement: impl Fn(&Unit, &[u8]) -> Option<Vec<u8>>,
    is_dropped: fn(&str) -> bool,
) -> Vec<u8> {
    let mut rewriter = Rewriter {
        bytes: binary.bytes(),
        units: binary.units().iter(),
        replacement,
        is_dropped,
    };
    rewriter
        .next_unit()
        .unwrap_or_else(|| binary.bytes().to_vec())
}

/// The core module `unit` of `binary` without the custom sections whose names are `dropped`.
pub(crate) fn without_custom_sections(
    binary: &Binary,
    unit: &Unit,
    dropped: impl Fn(&str) -> bool,
) -> Vec<u8> {
    let bytes = binary.bytes();
    let header = unit
        .sections
        .first()
        .map_or(unit.range.end, |section| section.range.start);
    let mut kept = bytes[unit.range.start..header].to_vec();
    for section in &unit.sections {
        if section.id != Section::CUSTOM || !dropped(section.name) {
            kept.extend(&bytes[section.range.clone()]);
        }
    }
    kept
}

/// A component that has these core modules and nothing else.
pub(crate) fn component_of(modules: &[&[u8]]) -> Vec<u8> {
    const CORE_MODULE: u8 = 1;
    let mut component = b"\0asm\x0d\0\x01\0".to_vec();
    for module in modules {
        component.push(CORE_MODULE);
        push_leb128(&mut component, module.len());
        component.extend(*module);
    }
    component
}

struct Rewriter<'b, 'a, F> {
    bytes: &'b [u8],
    /// Those that have not been looked at: a unit's own units follow it.
    units: slice::Iter<'b, Unit<'a>>,
    replacement: F,
    is_dropped: fn(&str) -> bool,
}

impl<F: Fn(&Unit, &[u8]) -> Option<Vec<u8>>> Rewriter<'_, '_, F> {
    /// The bytes of the next unit and the units within it, if they change.
    fn next_unit(&mut self) -> Option<Vec<u8>> {
        let unit = self.units.next()?;
        let bytes = &self.bytes[unit.range.clone()];
        match unit.kind {
            Kind::CoreModule => {
                (self.replacement)(unit, bytes).filter(|replacement| replacement != bytes)
            }
            Kind::Component => {
                let mut rewritten = Vec::new();
                let mut copied = unit.range.start;
                for section in &unit.sections {
                    if section.id == Section::CUSTOM && (self.is_dropped)(section.name) {
                        rewritten.extend(&self.bytes[copied..section.range.start]);
                        copied = section.range.end;
                    } else if section.holds_unit(unit.kind)
                        && let Some(contents) = self.next_unit()
                    {
                        rewritten.extend(&self.bytes[copied..section.range.start]);
                        rewritten.push(section.id);
                        push_leb128(&mut rewritten, contents.len());
                        rewritten.extend(contents);
                        copied = section.range.end;
                    }
                }
                (copied != unit.range.start).then(|| {
                    rewritten.extend(&self.bytes[copied..unit.range.end]);
                    rewritten
                })
            }
        }
    }
}

/// Appends `value` in the fewest bytes of unsigned LEB128.
fn push_leb128(bytes: &mut Vec<u8>, value: usize) {
    let encoded = leb128fmt::encode_u64(value as u64);
    let (number, length) = encoded.expect("it has room for 64 bits");
    bytes.extend(&number[..length]);
}
