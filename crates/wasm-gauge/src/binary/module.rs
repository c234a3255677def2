//! A core module's parts.

use std::fmt;

use wasmparser::{
    ConstExpr, Data, Element, Export, FromReader, FunctionBody, Global, Import, KnownCustom,
    MemoryType, Name, NameMap, NameSectionReader, Naming, Operator, Parser, Payload,
    SectionLimited, Table, TypeRef,
};

/// A valid core module, read: the entries of its sections in the order of the file. Bodies of
/// functions, initialisers and names are read when they are asked for.
#[derive(Default)]
pub struct Module<'a> {
    /// What it imports.
    pub imports: Vec<Import<'a>>,
    /// The functions that it defines.
    pub functions: Vec<SectionEntry<FunctionBody<'a>>>,
    /// The tables that it defines.
    pub tables: Vec<SectionEntry<Table<'a>>>,
    /// The memories that it defines.
    pub memories: Vec<MemoryType>,
    /// The globals that it defines.
    pub globals: Vec<SectionEntry<Global<'a>>>,
    /// What it exports.
    pub exports: Vec<Export<'a>>,
    /// The function that instantiation calls.
    pub start: Option<u32>,
    /// Its element segments.
    pub elements: Vec<SectionEntry<Element<'a>>>,
    /// Its data segments.
    pub data: Vec<SectionEntry<Data<'a>>>,
    names: Option<NameSectionReader<'a>>,
}

/// An entry of a section.
#[derive(Debug)]
pub struct SectionEntry<T> {
    /// What it says.
    pub value: T,
    /// Its bytes in the section; of functions, those of the body with the length in front.
    pub bytes: u64,
}

// Its readers do not all have it.
impl fmt::Debug for Module<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Module").finish_non_exhaustive()
    }
}

impl<'a> Module<'a> {
    /// Reads the valid core module `bytes`.
    pub(super) fn read(bytes: &'a [u8]) -> Self {
        let mut module = Module::default();
        let mut next_body = 0;
        // The module is valid: here and below, nothing ends early.
        for payload in Parser::new(0).parse_all(bytes).map_while(Result::ok) {
            match payload {
                Payload::ImportSection(section) => {
                    let imports = section.into_imports();
                    module.imports = imports.map_while(Result::ok).collect();
                }
                Payload::TableSection(section) => module.tables = entries(section),
                Payload::MemorySection(section) => {
                    module.memories = section.into_iter().map_while(Result::ok).collect();
                }
                Payload::GlobalSection(section) => module.globals = entries(section),
                Payload::ExportSection(section) => {
                    module.exports = section.into_iter().map_while(Result::ok).collect();
                }
                Payload::StartSection { func, .. } => module.start = Some(func),
                Payload::ElementSection(section) => module.elements = entries(section),
                Payload::CodeSectionStart { range, .. } => {
                    // Behind the count, a LEB128 number: its last byte has no high bit.
                    let count = &bytes[range.start as usize..];
                    let last = count.iter().take_while(|byte| **byte & 0x80 != 0).count();
                    next_body = range.start + last as u64 + 1;
                }
                Payload::CodeSectionEntry(body) => {
                    let end = body.range().end;
                    module.functions.push(SectionEntry {
                        value: body,
                        bytes: end - next_body,
                    });
                    next_body = end;
                }
                Payload::DataSection(section) => module.data = entries(section),
                Payload::CustomSection(custom) => {
                    if let KnownCustom::Name(names) = custom.as_known() {
                        module.names = Some(names);
                    }
                }
                _ => {}
            }
        }
        module
    }

    /// The functions that it imports: the first ones of all.
    pub fn imported_functions(&self) -> impl Iterator<Item = &Import<'a>> {
        self.imported(|ty| matches!(ty, TypeRef::Func(_) | TypeRef::FuncExact(_)))
    }

    /// The tables that it imports: the first ones of all.
    pub fn imported_tables(&self) -> impl Iterator<Item = &Import<'a>> {
        self.imported(|ty| matches!(ty, TypeRef::Table(_)))
    }

    /// The globals that it imports: the first ones of all.
    pub fn imported_globals(&self) -> impl Iterator<Item = &Import<'a>> {
        self.imported(|ty| matches!(ty, TypeRef::Global(_)))
    }

    fn imported(&self, is_kind: fn(&TypeRef) -> bool) -> impl Iterator<Item = &Import<'a>> {
        self.imports
            .iter()
            .filter(move |import| is_kind(&import.ty))
    }

    /// What its name section calls functions, by index. The section is no part of what makes a module
    /// valid: it may name what is not there, and where it is malformed, it ends.
    pub fn function_names(&self) -> impl Iterator<Item = Naming<'a>> {
        self.names_of(|name| match name {
            Name::Function(names) => Some(names),
            _ => None,
        })
    }

    /// What its name section calls globals, as [`Module::function_names`] does functions.
    pub fn global_names(&self) -> impl Iterator<Item = Naming<'a>> {
        self.names_of(|name| match name {
            Name::Global(names) => Some(names),
            _ => None,
        })
    }

    /// What its name section calls data segments, as [`Module::function_names`] does functions.
    pub fn data_names(&self) -> impl Iterator<Item = Naming<'a>> {
        self.names_of(|name| match name {
            Name::Data(names) => Some(names),
            _ => None,
        })
    }

    fn names_of(
        &self,
        map: impl Fn(Name<'a>) -> Option<NameMap<'a>>,
    ) -> impl Iterator<Item = Naming<'a>> {
        let subsections = self.names.clone().into_iter().flatten();
        subsections
            .map_while(Result::ok)
            .filter_map(map)
            .flat_map(|names| names.into_iter().map_while(Result::ok))
    }
}

/// The entries of a section with their bytes.
fn entries<'a, T: FromReader<'a>>(section: SectionLimited<'a, T>) -> Vec<SectionEntry<T>> {
    let end = section.range().end;
    let mut entries: Vec<SectionEntry<T>> = Vec::new();
    for (offset, value) in section.into_iter_with_offsets().map_while(Result::ok) {
        let bytes = end - offset;
        if let Some(last) = entries.last_mut() {
            last.bytes -= bytes;
        }
        entries.push(SectionEntry { value, bytes });
    }
    entries
}

/// The address that an initialiser gives, where it is a constant.
pub(crate) fn constant(expression: &ConstExpr) -> Option<u64> {
    let mut operators = expression.get_operators_reader();
    let value = match operators.read().ok()? {
        Operator::I32Const { value } => u64::from(value.cast_unsigned()),
        Operator::I64Const { value } => value.cast_unsigned(),
        _ => return None,
    };
    matches!(operators.read(), Ok(Operator::End)).then_some(value)
}
