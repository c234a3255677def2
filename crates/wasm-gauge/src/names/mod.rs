//! What functions and data segments are called, and which library functions come from.

mod generic;
mod segments;
mod symbol;

use wasmparser::ExternalKind;

pub use generic::{Generic, generic};
pub use segments::segments;
pub use symbol::{C, COMPILER_RT, CPP, EXPORTS, UNATTRIBUTED, WASI_LIBC, library, owner, path};

use crate::binary::{Binary, Module};

/// The names of one core module.
#[derive(Debug)]
pub struct Names<'a> {
    /// One for each function, by its index: imported functions come first.
    pub functions: Vec<FunctionName<'a>>,
    /// Names of data segments by index, as far as the name section has them.
    pub data_segments: Vec<Option<&'a str>>,
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
    /// The names of all core modules of `binary`, in the order of the file.
    pub fn of_all(binary: &'a Binary) -> Vec<Self> {
        let units = binary.core_modules();
        units.map(|unit| Names::of(unit.module())).collect()
    }

    /// The names of `module`. What a name section says of functions that do not exist is passed over.
    pub fn of(module: &Module<'a>) -> Self {
        let imported = module.imported_functions().map(|import| FunctionName {
            import: Some((import.module, import.name)),
            ..FunctionName::default()
        });
        let mut functions: Vec<_> = imported.collect();
        functions.resize(
            functions.len() + module.functions.len(),
            FunctionName::default(),
        );
        for export in &module.exports {
            let function = functions.get_mut(export.index as usize);
            if let (ExternalKind::Func, Some(function)) = (export.kind, function) {
                function.export.get_or_insert(export.name);
            }
        }
        for naming in module.function_names() {
            if let Some(function) = functions.get_mut(naming.index as usize) {
                function.symbol = Some(naming.name);
            }
        }
        let mut data_segments = vec![None; module.data.len()];
        for naming in module.data_names() {
            if let Some(segment) = data_segments.get_mut(naming.index as usize) {
                *segment = Some(naming.name);
            }
        }
        Names {
            functions,
            data_segments,
        }
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
