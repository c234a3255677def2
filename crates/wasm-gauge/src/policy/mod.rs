//! The policy file (`gauge.toml`): what must hold, and which variants it must hold for.
//!
//! The same file is the data that Nix builds from, so everything in it is checked here: unknown
//! keys, sizes without a unit, and variants that name what their package does not have.

mod decision;
mod draft;
mod file;
mod flat;
mod manifest;
mod native;
mod sections;
mod variants;

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;
use toml::Spanned;

use crate::Result;
use crate::units::{Percent, Size};
use file::{TomlFile, one_of};

pub use decision::{Criteria, DecisionRule};
pub use draft::{Built, Draft, with_margin};
pub use flat::{Entries, Entry, budget, entries};
pub use native::NativeRule;
pub use sections::SectionsRule;
pub use variants::{Apart, Std, Variant};

/// A policy file's contents.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Policy {
    /// The cargo package that the policy is for; its `Cargo.toml` lies beside the policy file.
    #[schemars(with = "Option<String>")]
    pub package: Option<Spanned<String>>,
    /// The variant that ships; the only one, or the first by name, when absent.
    #[schemars(with = "Option<String>")]
    pub default_variant: Option<Spanned<String>>,
    /// The cargo profile of variants that name none; `release` when absent.
    pub profile: Option<String>,
    /// The target of variants that name none; `wasm32-wasip2` when absent.
    #[schemars(with = "Option<String>")]
    pub target: Option<Spanned<String>>,
    /// Whether a component is made of the core module that cargo builds; true when absent. A plugin or contract whose host
    /// takes core modules is none.
    pub component: Option<bool>,
    /// How large the stack in linear memory is; as rustc has it, 1 MiB, when absent.
    pub stack_size: Option<Size>,
    /// The WIT file or folder, beside this file, whose world the binary has to have; the world that it brings when absent.
    pub world: Option<String>,
    /// Calls that every variant has to answer alike; none when absent.
    pub calls: Option<Calls>,
    /// The build that workloads run on; what ships, when absent.
    pub measuring: Option<Measuring>,
    /// Workloads by name, to be run on every variant.
    #[serde(default)]
    pub workloads: BTreeMap<String, WorkloadCalls>,
    /// The limits.
    #[serde(default)]
    pub budget: Budget,
    /// What must not be in the product.
    #[serde(default)]
    pub bans: Bans,
    /// Which crates the product may be built from; any, when absent.
    pub dependencies: Option<Dependencies>,
    /// How the recorded baseline is held.
    #[serde(default)]
    pub baseline: BaselineRule,
    /// What decides between the variants; nothing, when absent.
    #[schemars(with = "Option<DecisionRule>")]
    pub decision: Option<Spanned<DecisionRule>>,
    /// The limits of linear memory.
    #[serde(default)]
    pub memory: MemoryRule,
    /// How start-up is measured, and what its times are shown beside.
    #[serde(default)]
    pub startup: StartupRule,
    /// What native programs are held to.
    #[serde(default)]
    pub native: NativeRule,
    /// Custom sections that have to arrive in what ships; a component that ships has no others.
    #[serde(default)]
    pub sections: SectionsRule,
    /// The variants by name, which is made of letters, digits, - and _; one, called as the package, when absent.
    #[serde(default)]
    #[schemars(with = "BTreeMap<String, Variant>")]
    pub variants: BTreeMap<Spanned<String>, Variant>,
}

/// Limits, all inclusive; one that is absent is not judged.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Budget {
    /// The binary before wasm-opt.
    pub unoptimized: Option<Size>,
    /// The binary that ships.
    pub optimized: Option<Size>,
    /// The binary that ships, through `gzip -9`.
    pub optimized_gzip: Option<Size>,
    /// What wasm-opt must take off.
    pub min_reduction: Option<Percent>,
}

/// Limits of the linear memory of what ships, inclusive; one that is absent is not judged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, schemars::JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct MemoryRule {
    /// What all memories begin with.
    pub initial: Option<Size>,
    /// What of it is copied from data segments.
    pub static_data: Option<Size>,
}

/// What must not be in the product.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, schemars::JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Bans {
    /// Crates that no function may come from.
    pub crates: Vec<String>,
    /// What no function's demangled path may hold, whole names of it: `tokio::spawn`, `TcpStream::connect`.
    /// In a name `*` stands for anything: `*reqwest*`. Legacy symbols do not hold the types that a
    /// generic function is used with.
    pub symbols: Vec<String>,
    /// Imports, `module#field` or `instance#member`, where `*` stands for anything. Without `#` all that is imported of the
    /// module or instance, and without `@` any version of it: `wasi:http/types`.
    pub imports: Vec<String>,
    /// What the data may not hold.
    pub strings: Vec<String>,
    /// How many functions may have no name, so that nothing can be said of them; none when absent. What wasm-opt merges of
    /// similar functions has none, and nothing tells it from what has lost its name.
    pub max_unnamed: usize,
}

/// Which crates the product may be built from.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Dependencies {
    /// The names of the packages, all of them: those of the workspace and what each of them needs.
    pub allow: Vec<String>,
}

/// How measurements are held against the recorded ones.
#[derive(Clone, Copy, Debug, Default, Deserialize, schemars::JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct BaselineRule {
    /// By how much a figure may grow; 0 B when absent, which a pinned toolchain affords.
    pub tolerance: Size,
    /// By how much bytes through gzip and brotli may grow, or shrink without a new record; 0 % when absent.
    pub compressed_tolerance: Percent,
    /// By how much the fuel of a workload may grow; 0 % when absent: it is the same on every run.
    pub fuel_tolerance: Percent,
}

/// Calls that every variant has to answer alike.
#[derive(Clone, Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Calls {
    /// Files of calls beside this file; in the name of a file * stands for anything: `tests/calls/*.jsonl`.
    pub behaviour: String,
}

/// The build that workloads run on, and that never ships.
#[derive(Clone, Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Measuring {
    /// The cargo features that it has beside those of its variant.
    #[schemars(with = "Vec<String>")]
    pub features: Vec<Spanned<String>>,
    /// The export that tells of the heap (`wasm-gauge bench --help`); nothing tells of it when absent.
    pub stats: Option<String>,
    /// The workloads whose instructions are counted when costs are recorded; all when absent.
    pub instructions: Option<Vec<String>>,
}

/// The calls of one workload.
#[derive(Clone, Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct WorkloadCalls {
    /// A file of calls beside this file.
    pub calls: String,
}

/// How start-up is measured, and how long it should take at most until the first answer. Goals are shown, and nothing fails
/// by them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, schemars::JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct StartupRule {
    /// A file of calls beside this file, of which the first is the one that is answered; start-up ends with an instance when
    /// absent.
    pub calls: Option<String>,
    /// The goal from the bytes of the binary, or of its machine code, in ms.
    pub cold_ms: Option<u64>,
    /// The goal where the program is there, in ms.
    pub warm_ms: Option<u64>,
}

impl StartupRule {
    /// The goals, where there are both.
    pub fn goals(&self) -> Option<StartupGoals> {
        let (cold_ms, warm_ms) = self.cold_ms.zip(self.warm_ms)?;
        Some(StartupGoals { cold_ms, warm_ms })
    }
}

/// How long it should take at most until the first answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StartupGoals {
    /// From the bytes of the binary, or of its machine code, in ms.
    pub cold_ms: u64,
    /// Where the program is there, in ms.
    pub warm_ms: u64,
}

impl Policy {
    /// Reads the policy at `path` and checks it against the `Cargo.toml` beside it, where the
    /// policy names a package or features.
    ///
    /// # Errors
    /// [`Error::Policy`](crate::Error::Policy) with file, line and column, and what would be right.
    pub fn load(path: &Path) -> Result<Self> {
        let file = TomlFile::read(path)?;
        let policy: Policy = file.parse()?;
        policy.check_default(&file)?;
        policy.check_variants(&file)?;
        policy.check_decision(&file)?;
        policy.check_sections(&file)?;
        if policy.package.is_some() || policy.features().next().is_some() {
            let manifest = TomlFile::read(&path.with_file_name("Cargo.toml"))?.parse()?;
            policy.check_manifest(&file, &manifest)?;
        }
        Ok(policy)
    }

    fn check_default(&self, file: &TomlFile) -> Result<()> {
        match &self.default_variant {
            Some(name) if !self.variants.contains_key(name) => Err(file.error(
                Some(name.span()),
                &format!(
                    "there is no variant `{}`: {}",
                    name.get_ref(),
                    one_of("[variants]", self.variant_names())
                ),
            )),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use std::fs;

    use super::*;

    pub const MANIFEST: &str =
        "[package]\nname = \"guest\"\n[features]\nalloc-a = []\nalloc-b = []\n";

    /// Loads `policy` from a folder with `manifest` in it, and gives the error without the folder.
    pub fn load(policy: &str, manifest: Option<&str>) -> std::result::Result<Policy, String> {
        let folder = tempfile::tempdir().expect("there is a place for temporary files");
        let path = folder.path().join("gauge.toml");
        fs::write(&path, policy).expect("the folder is ours");
        if let Some(manifest) = manifest {
            fs::write(folder.path().join("Cargo.toml"), manifest).expect("the folder is ours");
        }
        let prefix = format!("{}/", folder.path().display());
        Policy::load(&path).map_err(|error| error.to_string().replace(&prefix, ""))
    }

    #[test]
    fn a_policy_is_read() {
        let text = "package = \"guest\"\ndefault-variant = \"a\"\n\
            [budget]\noptimized = \"300 KiB\"\nmin-reduction = \"5 %\"\n\
            [variants.a]\nsummary = \"A\"\n\
            [variants.b]\nsummary = \"B\"\nfeatures = [\"alloc-b\"]\nprofile = \"small\"\n";
        let policy = load(text, Some(MANIFEST)).expect("it is right");
        assert_eq!(policy.budget.optimized, Some(Size(307_200)));
        assert_eq!(policy.budget.unoptimized, None);
        assert_eq!(policy.variants["b"].features[0].get_ref(), "alloc-b");
        assert_eq!(policy.variants["b"].profile.as_deref(), Some("small"));
    }

    #[test]
    fn what_names_no_package_needs_no_manifest() {
        assert!(
            load(
                "[budget]\noptimized = \"1 B\"\n[variants.a]\nsummary = \"\"\n",
                None
            )
            .is_ok()
        );
    }

    #[test]
    fn what_is_wrong_is_named_with_its_place() {
        let variant = "[variants.a]\nsummary = \"A\"\n";
        for (text, manifest, expected) in [
            (
                "[budget]\n\noptimised = \"300 KiB\"\n",
                Some(MANIFEST),
                "gauge.toml:3:1: unknown field `optimised`, expected one of `unoptimized`, `optimized`, `optimized-gzip`, `min-reduction`",
            ),
            (
                "[budgets]\n",
                Some(MANIFEST),
                "gauge.toml:1:2: unknown field `budgets`, expected one of `package`, `default-variant`, `profile`, `target`, `component`, `stack-size`, `world`, `calls`, `measuring`, `workloads`, `budget`, `bans`, `dependencies`, `baseline`, `decision`, `memory`, `startup`, `native`, `sections`, `variants`",
            ),
            (
                "[variants.a]\nsummary = \"A\"\nfeature = []\n",
                Some(MANIFEST),
                "gauge.toml:3:1: unknown field `feature`, expected one of `summary`, `allocator`, `features`, `profile`, `target`, `component`, `stack-size`, `wasip1`, `std`, `one-shot`, `maturity`, `maturity-facts`",
            ),
            (
                "[variants.a]\nsummary = \"A\"\nstd = \"own\"\n",
                Some(MANIFEST),
                "gauge.toml:3:7: unknown variant `own`, expected `prebuilt` or `rebuilt`",
            ),
            (
                "[budget]\noptimized = \"300\"\n",
                Some(MANIFEST),
                "gauge.toml:2:13: the size `300` has no unit: write \"300 B\" or \"300 KiB\"",
            ),
            (
                "[budget]\noptimized = 300\n",
                Some(MANIFEST),
                "gauge.toml:2:13: the size `300` has no unit: write \"300 B\" or \"300 KiB\"",
            ),
            (
                "[budget]\nmin-reduction = 5\n",
                Some(MANIFEST),
                "gauge.toml:2:17: `5` is not a share: write 0 to 100 with at most two decimals and %, as in \"5 %\"",
            ),
            (
                "[budget]\noptimized = true\n",
                Some(MANIFEST),
                "gauge.toml:2:13: invalid type: boolean `true`, expected a string with a number and its unit",
            ),
            (
                "[variants.a]\ntarget = \"wasm32-wasi\"\n",
                Some(MANIFEST),
                "gauge.toml:2:10: target is wasm32-wasi; it can be wasm32-wasip2, wasm32-wasip1, wasm32-unknown-unknown",
            ),
            (
                "target = \"wasm32-unknown-unknown\"\n[variants.a]\nwasip1 = true\n",
                Some(MANIFEST),
                "gauge.toml:3:10: variant `a`: wasip1 is for what is built for wasm32-wasip2, and this is for wasm32-unknown-unknown",
            ),
            (
                "[variants.\"a/b\"]\n",
                Some(MANIFEST),
                "gauge.toml:1:11: a variant cannot be called `a/b`: its name is part of the names of packages, of letters, digits, - and _, and not `default`",
            ),
            (
                "[variants.default]\n",
                Some(MANIFEST),
                "gauge.toml:1:11: a variant cannot be called `default`: its name is part of the names of packages, of letters, digits, - and _, and not `default`",
            ),
            (
                "[measuring]\nfeatures = [\"bench\"]\n",
                Some(MANIFEST),
                "gauge.toml:2:13: [measuring]: the package `guest` has no feature `bench`: [features] of its Cargo.toml has `alloc-a`, `alloc-b`",
            ),
            (
                "[variants.a]\nsummary = \"A\"\nfeatures = [\n  \"alloc-a\",\n  \"alloc-c\",\n]\n",
                Some(MANIFEST),
                "gauge.toml:5:3: variant `a`: the package `guest` has no feature `alloc-c`: [features] of its Cargo.toml has `alloc-a`, `alloc-b`",
            ),
            (
                "[variants.a]\nsummary = \"A\"\nfeatures = [\"alloc-a\"]\n",
                Some("[package]\nname = \"guest\"\n"),
                "gauge.toml:3:13: variant `a`: the package `guest` has no feature `alloc-a`: [features] of its Cargo.toml has none",
            ),
            (
                &format!("default-variant = \"b\"\n{variant}"),
                Some(MANIFEST),
                "gauge.toml:1:19: there is no variant `b`: [variants] has `a`",
            ),
            (
                "package = \"host\"\n",
                Some(MANIFEST),
                "gauge.toml:1:11: the Cargo.toml beside this file is of the package `guest`",
            ),
            (
                "package = \"host\"\n",
                None,
                "Cargo.toml: No such file or directory (os error 2)",
            ),
            (
                "package = \"guest\"\n",
                Some("[package\n"),
                "Cargo.toml:1:9: unclosed table, expected `]`",
            ),
            (
                "[baseline]\ntolerance = 0\n",
                None,
                "gauge.toml:2:13: the size `0` has no unit: write \"0 B\" or \"0 KiB\"",
            ),
            (
                "[baseline]\nfuel-tolerance = \"1 B\"\n",
                None,
                "gauge.toml:2:18: `1 B` is not a share: write 0 to 100 with at most two decimals and %, as in \"5 %\"",
            ),
            (
                "[budget\n",
                None,
                "gauge.toml:1:8: unclosed table, expected `]`",
            ),
        ] {
            let error = load(text, manifest).expect_err(text);
            assert_eq!(error, expected, "{text}");
        }
    }
}
