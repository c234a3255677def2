//! Reads native programs: ELF, of 32 or 64 bits, for any processor.

use std::collections::HashMap;
use std::fs;
use std::path::Path;

use object::{Architecture, File, Object, ObjectKind, ObjectSection, ObjectSegment, ObjectSymbol};
use object::{SectionKind, SymbolKind, SymbolSection};

use crate::{Error, Fault, Result};

/// A program, taken apart.
#[derive(Debug)]
pub struct ElfProgram<'a> {
    /// The whole file.
    pub bytes: &'a [u8],
    /// What it runs on, as `x86_64`.
    pub architecture: String,
    /// Its sections in the order of the file's table; none, where that table was taken off.
    pub sections: Vec<ProgramSection<'a>>,
    /// The symbols that have a size, by the section that they lie in; none in a stripped program.
    pub symbols: Vec<ProgramSymbol<'a>>,
}

/// A section.
#[derive(Debug)]
pub struct ProgramSection<'a> {
    /// Its name.
    pub name: &'a str,
    /// Where it begins in the file, and how many bytes it has there: none of zeroed memory.
    pub place: (u64, u64),
    /// Whether it is code.
    pub code: bool,
    /// Where it lies in memory, 0 where it is not loaded.
    pub address: u64,
}

/// A symbol that covers bytes.
#[derive(Debug)]
pub struct ProgramSymbol<'a> {
    /// Its name, as the linker has it.
    pub name: &'a str,
    /// The section that it lies in: an index into [`ElfProgram::sections`].
    pub section: usize,
    /// Where it begins in memory.
    pub address: u64,
    /// How many bytes it covers.
    pub size: u64,
}

/// Reads the file at `path`.
///
/// # Errors
/// [`Error::Input`] when it cannot be read.
pub fn read_program(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).map_err(|error| Error::input(path, error))
}

impl<'a> ElfProgram<'a> {
    /// Takes the bytes apart.
    ///
    /// # Errors
    /// What they are instead of an ELF program, or where they end too early.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, Fault> {
        check_magic(bytes)?;
        let wrong = |error: object::Error| format!("not a whole ELF program: {error}");
        let file = File::parse(bytes).map_err(wrong)?;
        match file.kind() {
            ObjectKind::Executable | ObjectKind::Dynamic => (),
            ObjectKind::Relocatable => {
                return Err("an object file: link it to a program first".into());
            }
            other => return Err(format!("an ELF file, but no program: {other:?}").into()),
        }
        let end = bytes.len() as u64;
        let within = |what: &str, (start, size): (u64, u64)| match start.checked_add(size) {
            Some(stop) if stop <= end => Ok(()),
            _ => Err(format!(
                "truncated: {what} has {size} bytes at offset {start}, and the file ends at {end}"
            )),
        };
        for segment in file.segments() {
            within("a segment", segment.file_range())?;
        }
        // Symbols name sections by their place in the table, in which the first is none.
        let mut by_index = HashMap::new();
        let mut sections = Vec::new();
        for section in file.sections() {
            let name = section.name().map_err(wrong)?;
            let place = section.file_range().unwrap_or_default();
            within(&format!("the section {name}"), place)?;
            by_index.insert(section.index(), sections.len());
            sections.push(ProgramSection {
                name,
                place,
                code: section.kind() == SectionKind::Text,
                address: section.address(),
            });
        }
        let mut symbols = Vec::new();
        for symbol in file.symbols() {
            let SymbolSection::Section(index) = symbol.section() else {
                continue;
            };
            // Of thread-local data the address is one within it.
            let covers = symbol.size() > 0 && symbol.kind() != SymbolKind::Tls;
            if let Some(section) = by_index.get(&index)
                && covers
            {
                symbols.push(ProgramSymbol {
                    name: symbol.name().map_err(wrong)?,
                    section: *section,
                    address: symbol.address(),
                    size: symbol.size(),
                });
            }
        }
        Ok(ElfProgram {
            bytes,
            architecture: architecture(file.architecture()),
            sections,
            symbols,
        })
    }
}

fn architecture(architecture: Architecture) -> String {
    format!("{architecture:?}").to_lowercase()
}

/// Tells files that are something else from programs that are broken.
fn check_magic(bytes: &[u8]) -> Result<(), Fault> {
    const MACH_O: [[u8; 4]; 5] = [
        [0xfe, 0xed, 0xfa, 0xce],
        [0xfe, 0xed, 0xfa, 0xcf],
        [0xce, 0xfa, 0xed, 0xfe],
        [0xcf, 0xfa, 0xed, 0xfe],
        [0xca, 0xfe, 0xba, 0xbe],
    ];
    if bytes.starts_with(b"\x7fELF") {
        return Ok(());
    }
    let reason = if bytes.is_empty() {
        "empty".to_owned()
    } else if bytes.starts_with(b"\0asm") {
        "a WebAssembly binary: `wasm-gauge measure` and `wasm-gauge sections` are for those"
            .to_owned()
    } else if MACH_O.iter().any(|magic| bytes.starts_with(magic)) {
        "a Mach-O program, as macOS has them: only ELF is read".to_owned()
    } else if bytes.starts_with(b"MZ") {
        "a program of Windows: only ELF is read".to_owned()
    } else {
        format!(
            "not an ELF program: begins with \"{}\", not with \"\\x7fELF\"",
            bytes[..bytes.len().min(8)].escape_ascii()
        )
    };
    Err(reason.into())
}
