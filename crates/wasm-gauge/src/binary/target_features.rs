//! The target features of a core module: what an engine has to support.

use std::fmt;

use serde::Serialize;
use wasmparser::{BinaryReader, Validator, WasmFeatures};

use super::{Section, Unit};
use crate::Fault;

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
    /// wasm-opt's option, behind `--enable-`, and the version that has it first.
    wasm_opt: (&'static str, u32),
    /// The feature that it is a part of, for a wasm-opt before that version.
    part_of: Option<&'static str>,
    /// Features that go with it: wasm-opt refuses it without them.
    with: &'static [&'static str],
}

const fn feature(name: &'static str, flags: WasmFeatures) -> Feature {
    Feature {
        name,
        flags,
        wasm_opt: (name, LEAST_WASM_OPT),
        part_of: None,
        with: &[],
    }
}

impl Feature {
    const fn called(mut self, option: &'static str) -> Self {
        self.wasm_opt.0 = option;
        self
    }

    const fn since(mut self, version: u32) -> Self {
        self.wasm_opt.1 = version;
        self
    }

    const fn part_of(mut self, other: &'static str) -> Self {
        self.part_of = Some(other);
        self
    }

    const fn with(mut self, others: &'static [&'static str]) -> Self {
        self.with = others;
        self
    }
}

/// The oldest wasm-opt that the modules of all features were tried with; Debian 13 has it.
pub const LEAST_WASM_OPT: u32 = 120;

/// All features that a valid core module can use; what includes another stands above it.
///
/// Sources: `WebAssembly.td` of LLVM, `wasm-opt --help` of each version, and what wasm-opt refuses
/// without. Names that LLVM does not have are wasm-opt's.
#[rustfmt::skip]
const FEATURES: [Feature; 20] = {
    use WasmFeatures as W;
    [
        feature("compact-imports", W::COMPACT_IMPORTS).since(131),
        feature("custom-page-sizes", W::CUSTOM_PAGE_SIZES).since(129),
        feature("wide-arithmetic", W::WIDE_ARITHMETIC).since(130).with(&["multivalue"]),
        feature("gc", W::GC.union(W::FUNCTION_REFERENCES)).with(&["reference-types", "tail-call"]),
        feature("memory64", W::MEMORY64),
        feature("multimemory", W::MULTI_MEMORY),
        feature("relaxed-simd", W::RELAXED_SIMD).with(&["simd128"]),
        feature("simd128", W::SIMD).called("simd"),
        feature("atomics", W::THREADS).called("threads"),
        feature("tail-call", W::TAIL_CALL),
        feature("exception-handling", W::EXCEPTIONS.union(W::LEGACY_EXCEPTIONS))
            .with(&["reference-types", "multivalue"]),
        feature("extended-const", W::EXTENDED_CONST),
        feature("reference-types", W::REFERENCE_TYPES),
        feature("call-indirect-overlong", W::CALL_INDIRECT_OVERLONG).since(121).part_of("reference-types"),
        feature("multivalue", W::MULTI_VALUE),
        feature("bulk-memory", W::BULK_MEMORY).with(&["reference-types"]),
        feature("bulk-memory-opt", W::BULK_MEMORY_OPT).since(121).part_of("bulk-memory"),
        feature("nontrapping-fptoint", W::SATURATING_FLOAT_TO_INT).called("nontrapping-float-to-int"),
        feature("sign-ext", W::SIGN_EXTENSION),
        feature("mutable-globals", W::MUTABLE_GLOBAL),
    ]
};

impl ModuleFeatures {
    /// Finds the features of the core module `unit` of the file `bytes`.
    pub fn measure(bytes: &[u8], unit: &Unit) -> Self {
        let declared = declared(bytes, unit);
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
        ModuleFeatures {
            offset: unit.range.start as u64,
            source,
            features,
        }
    }

    /// The options that let wasm-opt of `version` use these features and what goes with them.
    ///
    /// # Errors
    /// The feature that this version does not know.
    pub fn wasm_opt_options(&self, version: u32) -> Result<Vec<String>, Fault> {
        let known = |feature: &Feature| match (feature.wasm_opt, feature.part_of) {
            ((_, since), _) if since <= version => Ok(feature.name),
            (_, Some(whole)) => Ok(whole),
            ((_, since), None) => Err(Fault::from(format!(
                "version {version} does not know {}, which version {since} is the first to know",
                feature.name
            ))),
        };
        let names = self.used().into_iter().map(known);
        let names: Vec<&str> = names.collect::<Result<_, _>>()?;
        let enabled = closure(names)
            .into_iter()
            .map(|feature| format!("--enable-{}", feature.wasm_opt.0));
        Ok(std::iter::once("--mvp-features".to_owned())
            .chain(enabled)
            .collect())
    }

    /// What wasmparser has to accept of a module with these features and what goes with them.
    pub fn flags(&self) -> WasmFeatures {
        let names = self.used().into_iter().map(|feature| feature.name);
        flags(closure(names.collect()))
    }

    /// Those of the features that are known: sections may list others.
    fn used(&self) -> Vec<&'static Feature> {
        let is_used = |feature: &&Feature| self.features.iter().any(|name| name == feature.name);
        FEATURES.iter().filter(is_used).collect()
    }
}

/// The features of these names and what goes with them, in the order of [`FEATURES`].
fn closure(mut names: Vec<&str>) -> Vec<&'static Feature> {
    let mut next = 0;
    while let Some(name) = names.get(next).copied() {
        next += 1;
        if let Some(feature) = FEATURES.iter().find(|feature| feature.name == name) {
            names.extend(feature.with);
        }
    }
    let is_named = |feature: &&Feature| names.contains(&feature.name);
    FEATURES.iter().filter(is_named).collect()
}

fn flags<'f>(features: impl IntoIterator<Item = &'f Feature>) -> WasmFeatures {
    features
        .into_iter()
        .map(|feature| feature.flags)
        .fold(WasmFeatures::MVP, WasmFeatures::union)
}

/// What the module needs besides the `known` features: each of the `others` is taken away, and
/// stays away where the module is valid without it.
fn needed<'f>(module: &[u8], known: &[&'f Feature], others: &[&'f Feature]) -> Vec<&'f Feature> {
    let valid_with = |sets: &[&[&Feature]]| {
        let features = sets.iter().copied().flatten().copied();
        Validator::new_with_features(flags(features))
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

/// The features that the module's `target_features` section says it uses, if there is one that is as
/// it should be.
///
/// Format: `Linking.md` of the tool conventions; `+` stands before what is used.
fn declared(bytes: &[u8], unit: &Unit) -> Option<Vec<String>> {
    const USED: u8 = b'+';
    let section = unit
        .sections
        .iter()
        .find(|section| section.id == Section::CUSTOM && section.name == "target_features")?;
    let mut reader = BinaryReader::new(&bytes[section.contents.clone()], 0);
    let mut names = Vec::new();
    let mut read = || -> wasmparser::Result<()> {
        reader.read_string()?;
        for _ in 0..reader.read_var_u32()? {
            let prefix = reader.read_u8()?;
            let name = reader.read_string()?;
            if prefix == USED {
                names.push(name.to_owned());
            }
        }
        Ok(())
    };
    read().ok().map(|()| names)
}
