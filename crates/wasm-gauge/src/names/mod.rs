//! What functions and data segments are called, and which library functions come from.

mod generic;
mod symbol;

use wasmparser::{ExternalKind, KnownCustom, Name, Parser, Payload, TypeRef};

pub use generic::{Generic, generic};
pub use symbol::{C, COMPILER_RT, CPP, EXPORTS, UNATTRIBUTED, WASI_LIBC, owner, path};

use crate::binary::{Binary, Unit};

/// The names of one core module.
#[derive(Debug)]
pub struct Names<'a> {
    /// One for each function, by its index: imported functions come first.
    pub functions: Vec<FunctionName<'a>>,
    /// Names of data segments by index, as far as the name section has them.
    pub data_segments: Vec<Option<&'a str>>,
    /// Whether the module has a name section that names functions.
    pub has_name_section: bool,
}

/// What is known of one function's name.
#[derive(Clone, Debug, Default)]
pub struct FunctionName<'a> {
    /// From the name section: mostly a mangled symbol.
    pub symbol: Option<&'a str>,
    /// Module and field that it is imported from.
    pub import: Option<(&'a str, &'a str)>,
    /// A name that it is exported under.
    pub export: Option<&'a str>,
}

impl FunctionName<'_> {
    /// The normalised path ([`path`]) of the symbol; without one, `module#field` of an import or the
    /// name of an export.
    pub fn path(&self) -> Option<String> {
        match (self.symbol, self.import, self.export) {
            (Some(symbol), ..) => Some(path(symbol)),
            (None, Some((module, field)), _) => Some(format!("{module}#{field}")),
            (None, None, export) => export.map(str::to_owned),
        }
    }
}

impl<'a> Names<'a> {
    /// Reads the names of `module`, one of the core modules of `binary`. What a name section says of
    /// functions that do not exist is passed over, and where it is malformed, it ends.
    pub fn read(binary: &Binary<'a>, module: &Unit<'a>) -> Self {
        let mut names = Names {
            functions: Vec::new(),
            data_segments: Vec::new(),
            has_name_section: false,
        };
        let bytes = &binary.bytes()[module.range.clone()];
        let mut section = None;
        // Both hold all the way: the binary is valid.
        for payload in Parser::new(0).parse_all(bytes).map_while(Result::ok) {
            match payload {
                Payload::ImportSection(imports) => names.functions.extend(
                    imports
                        .into_imports()
                        .map_while(Result::ok)
                        .filter(|import| {
                            matches!(import.ty, TypeRef::Func(_) | TypeRef::FuncExact(_))
                        })
                        .map(|import| FunctionName {
                            import: Some((import.module, import.name)),
                            ..FunctionName::default()
                        }),
                ),
                Payload::FunctionSection(functions) => {
                    let count = names.functions.len() + functions.count() as usize;
                    names.functions.resize(count, FunctionName::default());
                }
                Payload::ExportSection(exports) => {
                    for export in exports.into_iter().map_while(Result::ok) {
                        let function = names.functions.get_mut(export.index as usize);
                        if let (ExternalKind::Func, Some(function)) = (export.kind, function) {
                            function.export.get_or_insert(export.name);
                        }
                    }
                }
                Payload::DataSection(segments) => {
                    names.data_segments = vec![None; segments.count() as usize];
                }
                Payload::CustomSection(custom) => {
                    if let KnownCustom::Name(reader) = custom.as_known() {
                        section = Some(reader);
                    }
                }
                _ => {}
            }
        }
        for subsection in section.into_iter().flatten().map_while(Result::ok) {
            match subsection {
                Name::Function(map) => {
                    for naming in map.into_iter().map_while(Result::ok) {
                        if let Some(function) = names.functions.get_mut(naming.index as usize) {
                            function.symbol = Some(naming.name);
                            names.has_name_section = true;
                        }
                    }
                }
                Name::Data(map) => {
                    for naming in map.into_iter().map_while(Result::ok) {
                        if let Some(segment) = names.data_segments.get_mut(naming.index as usize) {
                            *segment = Some(naming.name);
                        }
                    }
                }
                _ => {}
            }
        }
        names
    }

    /// The path ([`FunctionName::path`]) of each function and the library that it comes from, by the
    /// function's index.
    ///
    /// Of Rust's symbols it is the crate ([`owner`]), with compiler_builtins counted to
    /// [`COMPILER_RT`]. Names that C could have are [`COMPILER_RT`]'s when they are of its arithmetic.
    /// What the module exports under the very name of its symbol counts as [`EXPORTS`]: the exported
    /// function is all that has been inlined into it, of more crates than one. Other names that C could
    /// have are [`WASI_LIBC`]'s in a module that has functions named `__wasilibc_*` or `__wasi_*`, and
    /// [`C`]'s in one that has not. `memcpy`, `memmove`, `memset`, `memcmp`, `bcmp` and `strlen` are in
    /// compiler_builtins as well, and no name tells which one was linked: they count as C functions.
    pub fn described(&self) -> Vec<(Option<String>, String)> {
        let symbols = || self.functions.iter().filter_map(|name| name.symbol);
        let c_library = if symbols()
            .any(|name| name.starts_with("__wasilibc_") || name.starts_with("__wasi_"))
        {
            WASI_LIBC
        } else {
            C
        };
        self.functions
            .iter()
            .map(|function| {
                let path = function.path();
                let library = match (function.symbol, &path) {
                    (Some(symbol), Some(path)) => match symbol::owner_of(symbol, path) {
                        Some("compiler_builtins") => COMPILER_RT,
                        Some(owner) => owner,
                        None if symbol.starts_with("_Z") => CPP,
                        None if symbol::is_compiler_rt(symbol) => COMPILER_RT,
                        None if function.export == Some(symbol) => EXPORTS,
                        None if symbol::is_c(symbol) => c_library,
                        None => UNATTRIBUTED,
                    },
                    _ => UNATTRIBUTED,
                };
                let library = library.to_owned();
                (path, library)
            })
            .collect()
    }
}
