//! Reads WebAssembly binaries: what they are, what they are made of and where each part lies.

pub mod elf;
mod input;
mod module;
mod proposals;
mod rewrite;
mod section;
pub mod target_features;

use std::ops::Range;
use std::sync::OnceLock;

use wasmparser::{Encoding, Parser, Payload, Validator};

use crate::{Fault, Result};
pub use input::Input;
pub(crate) use module::constant;
pub use module::{Module, SectionEntry};
pub use proposals::proposals;
pub(crate) use proposals::{features, missing};
pub use rewrite::replace_core_modules;
pub(crate) use rewrite::{
    component_of, is_metadata, replace_core_modules_and_strip, without_custom_sections,
};
pub use section::Section;

/// Components within components, deeper than this, are refused: toolchains produce two or three
/// levels, and each costs the validator memory.
const MAX_NESTING: usize = 100;

/// What a binary is, as its header says.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize, serde::Serialize, schemars::JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// A core module.
    CoreModule,
    /// A component.
    Component,
}

impl std::fmt::Display for Kind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(match self {
            Kind::CoreModule => "core module",
            Kind::Component => "component",
        })
    }
}

/// A valid WebAssembly binary, taken apart.
#[derive(Debug)]
pub struct Binary<'a> {
    bytes: &'a [u8],
    units: Vec<Unit<'a>>,
}

/// A core module or a component: the binary itself, or one within it.
#[derive(Debug)]
pub struct Unit<'a> {
    /// What it is.
    pub kind: Kind,
    /// Its bytes in the file, header included.
    pub range: Range<usize>,
    /// Its sections in the order of the file. After the 8-byte header they fill `range` exactly.
    pub sections: Vec<Section<'a>>,
    bytes: &'a [u8],
    module: OnceLock<Module<'a>>,
}

impl<'a> Unit<'a> {
    /// The parts of this core module. It is read when it is first asked for.
    pub fn module(&self) -> &Module<'a> {
        self.module.get_or_init(|| Module::read(self.bytes))
    }
}

impl<'a> Binary<'a> {
    /// Takes `bytes` apart and validates them.
    ///
    /// # Errors
    /// The reason, with its offset in the file, when this is not a valid core module or component.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, Fault> {
        let units = walk(bytes)?;
        Validator::new_with_features(features())
            .validate_all(bytes)
            .map_err(|error| match missing(bytes, features())[..] {
                [] => error.to_string(),
                ref names => format!("it needs what is not read here: {}", names.join(", ")),
            })?;
        Ok(Binary { bytes, units })
    }

    /// What the file as a whole is.
    pub fn kind(&self) -> Kind {
        self.units[0].kind
    }

    /// The whole file.
    pub fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// The file's own unit first, then those within it, in the order of the file.
    pub fn units(&self) -> &[Unit<'a>] {
        &self.units
    }

    /// The contents of the section of `unit` that the specification calls `name`; none where it is
    /// absent. Of core modules, which have each at most once.
    pub fn contents(&self, unit: &Unit, name: &str) -> &'a [u8] {
        unit.sections
            .iter()
            .find(|section| section.id != Section::CUSTOM && section.name == name)
            .map_or(&[], |section| &self.bytes[section.contents.clone()])
    }

    /// Holds that the names of `twin` are those of this binary: equal code, module by module, has the
    /// same functions at the same indices, if as many functions are imported too.
    ///
    /// # Errors
    /// What is different.
    pub fn check_twin(&self, twin: &Binary) -> Result<(), Fault> {
        let (count, twins) = (self.core_modules().count(), twin.core_modules().count());
        if count != twins {
            return Err(format!(
                "is no twin: it has {twins} core modules, and the file has {count}"
            )
            .into());
        }
        let pairs = self.core_modules().zip(twin.core_modules());
        for (index, (module, twin_module)) in pairs.enumerate() {
            for name in ["type", "import", "function", "code"] {
                if self.contents(module, name) != twin.contents(twin_module, name) {
                    return Err(format!(
                        "is no twin: the {name} section of core module {index} differs, so its names are not those of the file"
                    )
                    .into());
                }
            }
        }
        Ok(())
    }

    /// The core modules: the file itself, or all those in the component.
    pub fn core_modules(&self) -> impl Iterator<Item = &Unit<'a>> {
        self.units
            .iter()
            .filter(|unit| unit.kind == Kind::CoreModule)
    }
}

/// Finds all units and their sections, from headers and section lengths alone.
fn walk(bytes: &[u8]) -> Result<Vec<Unit<'_>>, Fault> {
    let mut units: Vec<Unit> = Vec::new();
    // The units that have begun and not ended, and where the next section of each begins.
    let mut open: Vec<(usize, usize)> = Vec::new();
    for payload in Parser::new(0).parse_all(bytes) {
        let payload = payload.map_err(|error| error.to_string())?;
        match &payload {
            Payload::Version {
                encoding, range, ..
            } => {
                if open.len() == MAX_NESTING {
                    return Err(format!("nested more than {MAX_NESTING} levels deep").into());
                }
                let range = offsets(range);
                open.push((units.len(), range.end));
                units.push(Unit {
                    kind: match encoding {
                        Encoding::Module => Kind::CoreModule,
                        Encoding::Component => Kind::Component,
                    },
                    range,
                    sections: Vec::new(),
                    bytes: &[],
                    module: OnceLock::new(),
                });
            }
            Payload::End(end) => {
                // Of a nested unit this is what its section's length says, be the file shorter.
                let end = *end as usize;
                if end > bytes.len() {
                    let length = bytes.len();
                    return Err(format!("unexpected end-of-file (at offset {length:#x})").into());
                }
                if let Some((unit, _)) = open.pop() {
                    let unit = &mut units[unit];
                    unit.range.end = end;
                    unit.bytes = &bytes[unit.range.clone()];
                }
            }
            _ => {
                if let (Some((id, contents)), Some((unit, next))) =
                    (payload.as_section(), open.last_mut())
                {
                    let unit = &mut units[*unit];
                    let contents = offsets(&contents);
                    let range = *next..contents.end;
                    *next = range.end;
                    unit.sections.push(Section {
                        id,
                        name: match &payload {
                            Payload::CustomSection(custom) => custom.name(),
                            _ => section::standard_name(unit.kind, id),
                        },
                        range,
                        contents,
                    });
                }
            }
        }
    }
    Ok(units)
}

/// File offsets as indices: they lie within a slice, so they fit.
fn offsets(range: &Range<u64>) -> Range<usize> {
    range.start as usize..range.end as usize
}
