//! What makes a guest larger without a word, or hides what is in it: how it was compiled, and what came of that.

use serde::Serialize;

use crate::binary::Binary;
use crate::measure::Compilation;
use crate::names::{Names, library, owner};

/// What was found in how one guest was built.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct Lint {
    /// The file's name without its folders.
    pub file: String,
    /// How rustc compiled it.
    pub compilation: Compilation,
    /// How many functions of the guest have a name.
    pub named_functions: usize,
    /// How many exports it has beside those that every guest has, as `memory`.
    pub exports: usize,
    /// What is wrong.
    pub findings: Vec<LintFinding>,
}

/// One thing that is wrong with how a guest was built.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(tag = "finding", rename_all = "kebab-case")]
pub enum LintFinding {
    /// It is a library for Rust beside one for hosts: cargo passes no `-C lto` to such a crate.
    RlibBesideCdylib,
    /// There was no link-time optimisation.
    NoLto,
    /// The module exports nothing, so that nothing of the crate is in it.
    NoExports,
    /// No function has a name.
    NoNames,
    /// The allocator that the row names is not there.
    NoAllocator {
        /// The crate.
        allocator: String,
    },
}

impl Lint {
    /// Whether nothing is wrong.
    pub fn holds(&self) -> bool {
        self.findings.is_empty()
    }
}

/// Judges the core module `binary`, to be called `file`, which rustc made as `compilation` says. `allocator` is the crate that
/// should allocate in it, where that is known.
pub fn lint(
    file: &str,
    binary: &Binary,
    compilation: Compilation,
    allocator: Option<&str>,
) -> Lint {
    let names = Names::of_all(binary);
    let symbols: Vec<&str> = names
        .iter()
        .flat_map(|names| &names.functions)
        .filter_map(|function| function.symbol)
        .filter(|symbol| !symbol.is_empty())
        .collect();
    let modules = binary.core_modules().map(|unit| unit.module());
    let exports = modules.flat_map(|module| &module.exports);
    let exports = exports.filter(|export| !is_everyones(export.name)).count();

    let has = |kind: &str| compilation.crate_types.iter().any(|ty| ty == kind);
    let mut findings = Vec::new();
    if has("cdylib") && (has("rlib") || has("lib")) {
        findings.push(LintFinding::RlibBesideCdylib);
    } else if compilation.lto.is_none() {
        findings.push(LintFinding::NoLto);
    }
    if !has("bin") && exports == 0 {
        findings.push(LintFinding::NoExports);
    }
    if symbols.is_empty() {
        findings.push(LintFinding::NoNames);
    } else if let Some(allocator) = allocator {
        let library = library(allocator);
        if !symbols
            .iter()
            .any(|symbol| owner(symbol).as_deref() == Some(&library))
        {
            findings.push(LintFinding::NoAllocator {
                allocator: allocator.to_owned(),
            });
        }
    }
    Lint {
        file: file.to_owned(),
        compilation,
        named_functions: symbols.len(),
        exports,
        findings,
    }
}

/// Whether every guest exports `name`, whatever it does.
fn is_everyones(name: &str) -> bool {
    name.starts_with("__")
        || matches!(
            name,
            "memory" | "_initialize" | "_start" | "cabi_realloc" | "cabi_import_realloc"
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_finding_is_found_where_it_is_planted() {
        const EXPORTED: &str =
            r#"(module (func $_RNvCs1_5guest1f (export "f")) (func $_RNvCs1_4talc1a))"#;
        let fat = "--crate-type\ncdylib\n-C\nlto=fat\n";
        for (wat, arguments, allocator, expected) in [
            (EXPORTED, fat, Some("talc"), vec![]),
            (EXPORTED, "--crate-type=cdylib\n-Clto\n", None, vec![]),
            (
                EXPORTED,
                "--crate-type\ncdylib\n--crate-type\nrlib\n",
                None,
                vec![LintFinding::RlibBesideCdylib],
            ),
            (
                EXPORTED,
                "--crate-type\ncdylib,rlib\n-C\nlto\n",
                None,
                vec![LintFinding::RlibBesideCdylib],
            ),
            (
                EXPORTED,
                "--crate-type\ncdylib\n-C\nlto=off\n",
                None,
                vec![LintFinding::NoLto],
            ),
            (
                r#"(module (memory (export "memory") 1) (func $f (export "__wasm_call_ctors")))"#,
                fat,
                None,
                vec![LintFinding::NoExports],
            ),
            (
                r#"(module (func $_start (export "_start")))"#,
                "--crate-type\nbin\n-C\nlto=thin\n",
                None,
                vec![],
            ),
            (
                r#"(module (func (export "f")))"#,
                fat,
                Some("talc"),
                vec![LintFinding::NoNames],
            ),
            (
                EXPORTED,
                fat,
                Some("lol-alloc"),
                vec![LintFinding::NoAllocator {
                    allocator: "lol-alloc".to_owned(),
                }],
            ),
        ] {
            let bytes = wat::parse_str(wat).expect("it is WAT");
            let binary = Binary::parse(&bytes).expect("it is valid");
            let compilation = Compilation::of(arguments);
            let lint = lint("guest.wasm", &binary, compilation, allocator);
            assert_eq!(lint.findings, expected, "{wat} {arguments}");
        }
    }
}
