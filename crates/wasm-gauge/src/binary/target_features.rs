//! The target features of a core module: what an engine has to support.

use std::fmt;

use serde::Serialize;
use wasmparser::{BinaryReader, Validator, WasmFeatures};

use super::{Section, Unit};

/// The target features of one core module.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct ModuleFeatures {
    /// Where it begins in the file, in bytes.
    pub offset: u64,
    /// Where the features are known from.
    pub source: Source,
    /// Their names, LLVM's where it has one, in alphabetical order.
    pub features: Vec<String>,
}

/// Where target features are known from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Source {
    /// The `target_features` section lists them, and the module is valid with no others.
    Section,
    /// There is no such section: without any of them the module would not be valid.
    Validation,
    /// The section lists some, and the module needs others besides.
    SectionAndValidation,
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Source::Section => "target_features section",
            Source::Validation => "validation",
            Source::SectionAndValidation => "target_features section and validation",
        })
    }
}

/// A feature as different parties name it.
struct Feature {
    /// In `target_features` sections: LLVM's name, where it has one.
    name: &'static str,
    /// What wasmparser has to accept.
    flags: WasmFeatures,
    /// wasm-opt's option, behind `--enable-`.
    wasm_opt: &'static str,
}

const fn feature(name: &'static str, flags: WasmFeatures, wasm_opt: &'static str) -> Feature {
    Feature {
        name,
        flags,
        wasm_opt,
    }
}

/// All features that a valid core module can use; what includes another stands above it.
///
/// Sources: `WebAssembly.td` of LLVM, `wasm-opt --help`. Names that LLVM does not have are wasm-opt's.
#[rustfmt::skip]
const FEATURES: [Feature; 20] = {
    use WasmFeatures as W;
    [
        feature("compact-imports", W::COMPACT_IMPORTS, "compact-imports"),
        feature("custom-page-sizes", W::CUSTOM_PAGE_SIZES, "custom-page-sizes"),
        feature("wide-arithmetic", W::WIDE_ARITHMETIC, "wide-arithmetic"),
        feature("gc", W::GC.union(W::FUNCTION_REFERENCES), "gc"),
        feature("memory64", W::MEMORY64, "memory64"),
        feature("multimemory", W::MULTI_MEMORY, "multimemory"),
        feature("relaxed-simd", W::RELAXED_SIMD, "relaxed-simd"),
        feature("simd128", W::SIMD, "simd"),
        feature("atomics", W::THREADS, "threads"),
        feature("tail-call", W::TAIL_CALL, "tail-call"),
        feature("exception-handling", W::EXCEPTIONS.union(W::LEGACY_EXCEPTIONS), "exception-handling"),
        feature("extended-const", W::EXTENDED_CONST, "extended-const"),
        feature("reference-types", W::REFERENCE_TYPES, "reference-types"),
        feature("call-indirect-overlong", W::CALL_INDIRECT_OVERLONG, "call-indirect-overlong"),
        feature("multivalue", W::MULTI_VALUE, "multivalue"),
        feature("bulk-memory", W::BULK_MEMORY, "bulk-memory"),
        feature("bulk-memory-opt", W::BULK_MEMORY_OPT, "bulk-memory-opt"),
        feature("nontrapping-fptoint", W::SATURATING_FLOAT_TO_INT, "nontrapping-float-to-int"),
        feature("sign-ext", W::SIGN_EXTENSION, "sign-ext"),
        feature("mutable-globals", W::MUTABLE_GLOBAL, "mutable-globals"),
    ]
};

impl ModuleFeatures {
    /// Finds the features of the core module `unit` of the file `bytes`.
    ///
    /// # Errors
    /// The reason, with its offset in the file, when its `target_features` section is malformed.
    pub fn measure(bytes: &[u8], unit: &Unit) -> Result<Self, String> {
        let declared = declared(bytes, unit)
            .map_err(|error| format!("malformed target_features section: {error}"))?;
        let module = &bytes[unit.range.clone()];
        let is_declared = |feature: &&Feature| {
            let mut names = declared.iter().flatten();
            names.any(|name| name == feature.name)
        };
        let (known, others): (Vec<&Feature>, Vec<&Feature>) =
            FEATURES.iter().partition(is_declared);
        let needed = needed(module, &known, &others);
        let source = match (&declared, needed.is_empty()) {
            (None, _) => Source::Validation,
            (Some(_), true) => Source::Section,
            (Some(_), false) => Source::SectionAndValidation,
        };
        let mut features = declared.unwrap_or_default();
        features.extend(needed.iter().map(|feature| feature.name.to_owned()));
        features.sort();
        Ok(ModuleFeatures {
            offset: unit.range.start as u64,
            source,
            features,
        })
    }

    /// The options that let wasm-opt use these features and no others.
    pub fn wasm_opt_options(&self) -> Vec<String> {
        let enabled = FEATURES
            .iter()
            .filter(|feature| self.features.iter().any(|name| name == feature.name))
            .map(|feature| format!("--enable-{}", feature.wasm_opt));
        std::iter::once("--mvp-features".to_owned())
            .chain(enabled)
            .collect()
    }
}

/// What the module needs besides the `known` features: each of the `others` is taken away, and
/// stays away where the module is valid without it.
fn needed<'f>(module: &[u8], known: &[&'f Feature], others: &[&'f Feature]) -> Vec<&'f Feature> {
    let valid_with = |sets: &[&[&Feature]]| {
        let flags = sets.iter().copied().flatten().map(|feature| feature.flags);
        Validator::new_with_features(flags.fold(WasmFeatures::MVP, WasmFeatures::union))
            .validate_all(module)
            .is_ok()
    };
    let mut needed = Vec::new();
    if valid_with(&[known]) {
        return needed;
    }
    for (index, feature) in others.iter().enumerate() {
        if !valid_with(&[known, &needed, &others[index + 1..]]) {
            needed.push(feature);
        }
    }
    needed
}

/// The features that the module's `target_features` section says it uses, if there is one.
///
/// Format: `Linking.md` of the tool conventions; `+` stands before what is used.
fn declared(bytes: &[u8], unit: &Unit) -> wasmparser::Result<Option<Vec<String>>> {
    const USED: u8 = b'+';
    let Some(section) = unit
        .sections
        .iter()
        .find(|section| section.id == Section::CUSTOM && section.name == "target_features")
    else {
        return Ok(None);
    };
    let contents = section.contents.clone();
    let mut reader = BinaryReader::new(&bytes[contents.clone()], contents.start as u64);
    reader.read_string()?;
    let mut names = Vec::new();
    for _ in 0..reader.read_var_u32()? {
        let prefix = reader.read_u8()?;
        let name = reader.read_string()?;
        if prefix == USED {
            names.push(name.to_owned());
        }
    }
    Ok(Some(names))
}
