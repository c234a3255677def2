//! The policy file (`gauge.toml`): what must hold, and which variants it must hold for.
//!
//! The same file is the data that Nix builds from, so everything in it is checked here: unknown
//! keys, sizes without a unit, and variants that name what their package does not have.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::ops::Range;
use std::path::Path;

use serde::{Deserialize, Serialize};
use toml::Spanned;

use crate::units::{Percent, Size};
use crate::{Error, Result};

/// A policy file's contents.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Policy {
    /// The cargo package that the policy is for; its `Cargo.toml` lies beside the policy file.
    pub package: Option<Spanned<String>>,
    /// The variant that ships.
    pub default_variant: Option<Spanned<String>>,
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
    pub decision: Option<Spanned<DecisionRule>>,
    /// What start-up times are shown beside; nothing, when absent.
    pub startup: Option<StartupTargets>,
    /// The variants by name.
    #[serde(default)]
    pub variants: BTreeMap<Spanned<String>, Variant>,
}

/// Limits, all inclusive; one that is absent is not judged.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Budget {
    /// The component before wasm-opt.
    pub component: Option<Size>,
    /// The binary that ships.
    pub optimized: Option<Size>,
    /// The binary that ships, through `gzip -9`.
    pub optimized_gzip: Option<Size>,
    /// What wasm-opt must take off the component.
    pub min_reduction: Option<Percent>,
}

/// What must not be in the product.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Bans {
    /// Crates that no function may come from.
    pub crates: Vec<String>,
    /// What no function's demangled path may hold, whole names of it: `tokio::spawn`. In a name `*`
    /// stands for anything: `*reqwest*`.
    pub symbols: Vec<String>,
    /// Imports, `module#field` or `instance#member`, where `*` stands for anything.
    pub imports: Vec<String>,
    /// What the data may not hold.
    pub strings: Vec<String>,
}

/// Which crates the product may be built from.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Dependencies {
    /// The names of the packages, all of them: those of the workspace and what each of them needs.
    pub allow: Vec<String>,
}

/// How measurements are held against the recorded ones.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct BaselineRule {
    /// By how much a figure may grow; 0 B when absent, which a pinned toolchain affords.
    pub tolerance: Size,
    /// By how much bytes through gzip and brotli may grow, or shrink without a new record; 0 % when absent.
    pub compressed_tolerance: Percent,
    /// By how much the fuel of a workload may grow; 0 % when absent: it is the same on every run.
    pub fuel_tolerance: Percent,
}

/// What decides between the variants.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct DecisionRule {
    /// Weight of the bytes that ship, in percent.
    pub size: u64,
    /// Weight of how long a workload takes, in percent.
    pub throughput: u64,
    /// Weight of what the heap has beyond the peak of live bytes, in percent.
    pub fragmentation: u64,
    /// Weight of the pages that a workload ends with, in percent.
    pub reclamation: u64,
    /// Weight of the stated maturity, in percent.
    pub maturity: u64,
    /// The default variant stays when the best score is not above its own by more than this share of it.
    pub stays_within: Percent,
    /// Which variants are named for being smaller: those by at least so many bytes.
    pub notable_bytes: Size,
    /// The workload whose time or fuel is the throughput.
    pub throughput_workload: String,
    /// The workload whose waste is the fragmentation.
    pub fragmentation_workload: String,
    /// The workload whose pages tell what is reclaimed.
    pub reclamation_workload: String,
}

/// How long it should take at most until the first answer. Targets are shown, and nothing fails by them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct StartupTargets {
    /// From the bytes of the binary, or of its machine code, in ms.
    pub cold_ms: u64,
    /// Where the program is there, in ms.
    pub warm_ms: u64,
}

impl DecisionRule {
    /// The weights, which add up to 100.
    pub fn weights(&self) -> Criteria {
        Criteria {
            size: self.size,
            throughput: self.throughput,
            fragmentation: self.fragmentation,
            reclamation: self.reclamation,
            maturity: self.maturity,
        }
    }
}

/// One number for each criterion of a decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Criteria {
    /// For the bytes that ship.
    pub size: u64,
    /// For how long a workload takes.
    pub throughput: u64,
    /// For what the heap has beyond the peak of live bytes.
    pub fragmentation: u64,
    /// For the pages that a workload ends with.
    pub reclamation: u64,
    /// For the stated maturity.
    pub maturity: u64,
}

impl Criteria {
    /// The numbers in the order above.
    pub fn values(&self) -> [u64; 5] {
        [
            self.size,
            self.throughput,
            self.fragmentation,
            self.reclamation,
            self.maturity,
        ]
    }
}

/// One way to build the package.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Variant {
    /// One line about it.
    pub summary: String,
    /// The crate that allocates; none: wasi-libc does.
    pub allocator: Option<String>,
    /// Cargo features of the package.
    #[serde(default)]
    pub features: Vec<Spanned<String>>,
    /// Cargo profile, when it is not the usual one.
    pub profile: Option<String>,
    /// What it is compiled for, when that is not the usual target.
    pub target: Option<String>,
    /// Where its standard library comes from.
    #[serde(default)]
    pub std: Std,
    /// Whether it never gives memory back, and is for instances that answer once.
    #[serde(default)]
    pub one_shot: bool,
    /// How much it is proven, from 0 to 100: a judgement, which a decision needs.
    pub maturity: Option<Spanned<u64>>,
    /// The facts that the judgement of its maturity rests on.
    pub maturity_facts: Option<String>,
}

/// Where the standard library comes from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Std {
    /// The toolchain brings it, compiled.
    #[default]
    Prebuilt,
    /// It is compiled with the package, which relies on unstable flags.
    Rebuilt,
}

impl Variant {
    /// What makes this more than another choice of allocator or optimisation beside `default`, as what it is: its target,
    /// or how it comes to its standard library.
    pub fn apart_from(&self, default: &Self) -> Option<String> {
        let std = (self.std != default.std).then_some(match self.std {
            Std::Prebuilt => "its standard library is prebuilt",
            Std::Rebuilt => "its standard library is rebuilt, by unstable flags",
        });
        let target = (self.target != default.target).then(|| match &self.target {
            Some(target) => format!("it is built for {target}"),
            None => "it is built for the usual target".to_owned(),
        });
        match (target, std) {
            (Some(target), Some(std)) => Some(format!("{target} and {std}")),
            (target, std) => target.or(std.map(str::to_owned)),
        }
    }
}

/// The part of a `Cargo.toml` that a policy refers to.
#[derive(Deserialize)]
struct Manifest {
    package: ManifestPackage,
    #[serde(default)]
    features: BTreeMap<String, Vec<String>>,
}

#[derive(Deserialize)]
struct ManifestPackage {
    name: String,
}

impl Policy {
    /// Reads the policy at `path` and checks it against the `Cargo.toml` beside it, where the
    /// policy names a package or features.
    ///
    /// # Errors
    /// [`Error::Policy`] with file, line and column, and what would be right.
    pub fn load(path: &Path) -> Result<Self> {
        let file = SourceFile::read(path)?;
        let policy: Policy = file.parse()?;
        policy.check_default(&file)?;
        policy.check_decision(&file)?;
        let features: Vec<_> = policy.variants.values().flat_map(|v| &v.features).collect();
        if policy.package.is_some() || !features.is_empty() {
            let manifest = SourceFile::read(&path.with_file_name("Cargo.toml"))?.parse()?;
            policy.check_manifest(&file, &manifest)?;
        }
        Ok(policy)
    }

    /// Whether `name` is one of the variants, or one of them for a target: `plain/wasm32-wasip1`.
    /// A policy without variants knows every name.
    pub fn has_variant(&self, name: &str) -> bool {
        self.variants.is_empty() || self.variants.contains_key(variant_of(name))
    }

    /// The crate that allocates in the variant `name`, or in that variant for a target.
    pub fn allocator(&self, name: &str) -> Option<&str> {
        self.variants.get(variant_of(name))?.allocator.as_deref()
    }

    /// The variants that are there, to tell one who named another.
    pub fn known_variants(&self) -> String {
        one_of("[variants]", self.variant_names())
    }

    /// What sets the variant `name` apart from the default, so that a decision does not choose between them.
    pub fn apart(&self, name: &str) -> Option<String> {
        let default = self
            .variants
            .get(self.default_variant.as_ref()?.get_ref().as_str())?;
        self.variants.get(name)?.apart_from(default)
    }

    fn variant_names(&self) -> impl Iterator<Item = &String> {
        self.variants.keys().map(Spanned::get_ref)
    }

    fn check_default(&self, file: &SourceFile) -> Result<()> {
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

    /// Whether the weights add up, and every variant has what the decision needs of a policy.
    fn check_decision(&self, file: &SourceFile) -> Result<()> {
        let maturities = self.variants.values().flat_map(|v| &v.maturity);
        for maturity in maturities {
            if *maturity.get_ref() > 100 {
                let reason = format!("maturity is 0 to 100, not {}", maturity.get_ref());
                return Err(file.error(Some(maturity.span()), &reason));
            }
        }
        let Some(decision) = &self.decision else {
            return Ok(());
        };
        let wrong = |reason: &str| Err(file.error(Some(decision.span()), reason));
        let weights = decision.get_ref().weights().values().into_iter();
        let sum = weights.fold(0, u64::saturating_add);
        if sum != 100 {
            return wrong(&format!(
                "the weights size, throughput, fragmentation, reclamation and maturity add up to {sum}, not to 100"
            ));
        }
        let Some(default) = &self.default_variant else {
            return wrong("a decision is about the default-variant, and there is none");
        };
        for (name, variant) in &self.variants {
            let lacks = match (&variant.maturity, &variant.maturity_facts) {
                _ if self.apart(name.get_ref()).is_some() => continue,
                (None, _) => "maturity, from 0 to 100",
                (_, None) => "maturity-facts, what its maturity rests on",
                _ if variant.one_shot && name == default => {
                    return wrong(&format!(
                        "the default variant `{name}` is one-shot, which is never recommended"
                    ));
                }
                _ => continue,
            };
            let reason = format!("variant `{name}`: [decision] needs its {lacks}");
            return Err(file.error(Some(name.span()), &reason));
        }
        Ok(())
    }

    fn check_manifest(&self, file: &SourceFile, manifest: &Manifest) -> Result<()> {
        let name = &manifest.package.name;
        if let Some(package) = &self.package
            && package.get_ref() != name
        {
            return Err(file.error(
                Some(package.span()),
                &format!("the Cargo.toml beside this file is of the package `{name}`"),
            ));
        }
        let declared: BTreeSet<&String> = manifest.features.keys().collect();
        for (variant, feature) in self
            .variants
            .iter()
            .flat_map(|(name, variant)| variant.features.iter().map(move |f| (name, f)))
        {
            if !declared.contains(feature.get_ref()) {
                return Err(file.error(
                    Some(feature.span()),
                    &format!(
                        "variant `{variant}`: the package `{name}` has no feature `{}`: {}",
                        feature.get_ref(),
                        one_of("[features] of its Cargo.toml", declared)
                    ),
                ));
            }
        }
        Ok(())
    }
}

/// The variant that `name` is of: what is before the target, where there is one.
fn variant_of(name: &str) -> &str {
    name.split_once('/').map_or(name, |(variant, _)| variant)
}

/// What would be right where a name is wrong.
fn one_of<'a>(place: &str, names: impl IntoIterator<Item = &'a String>) -> String {
    let names: Vec<String> = names.into_iter().map(|name| format!("`{name}`")).collect();
    if names.is_empty() {
        format!("{place} has none")
    } else {
        format!("{place} has {}", names.join(", "))
    }
}

/// A TOML file with its path, to say where in it something is wrong.
struct SourceFile<'a> {
    path: &'a Path,
    text: String,
}

impl<'a> SourceFile<'a> {
    fn read(path: &'a Path) -> Result<Self> {
        match fs::read_to_string(path) {
            Ok(text) => Ok(SourceFile { path, text }),
            Err(error) => Err(Error::Policy {
                place: path.display().to_string(),
                reason: error.to_string(),
            }),
        }
    }

    fn parse<T: serde::de::DeserializeOwned>(&self) -> Result<T> {
        toml::from_str(&self.text)
            .map_err(|error: toml::de::Error| self.error(error.span(), error.message()))
    }

    fn error(&self, span: Option<Range<usize>>, reason: &str) -> Error {
        let path = self.path.display();
        let place = match span.and_then(|span| self.text.get(..span.start)) {
            Some(before) => {
                let line = before.matches('\n').count() + 1;
                let column = before.chars().rev().take_while(|c| *c != '\n').count() + 1;
                format!("{path}:{line}:{column}")
            }
            None => path.to_string(),
        };
        Error::Policy {
            place,
            reason: reason.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MANIFEST: &str = "[package]\nname = \"guest\"\n[features]\nalloc-a = []\nalloc-b = []\n";

    /// Loads `policy` from a folder with `manifest` in it, and gives the error without the folder.
    fn load(policy: &str, manifest: Option<&str>) -> std::result::Result<Policy, String> {
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
        assert_eq!(policy.budget.component, None);
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
                "gauge.toml:3:1: unknown field `optimised`, expected one of `component`, `optimized`, `optimized-gzip`, `min-reduction`",
            ),
            (
                "[budgets]\n",
                Some(MANIFEST),
                "gauge.toml:1:2: unknown field `budgets`, expected one of `package`, `default-variant`, `budget`, `bans`, `dependencies`, `baseline`, `decision`, `startup`, `variants`",
            ),
            (
                "[variants.a]\nsummary = \"A\"\nfeature = []\n",
                Some(MANIFEST),
                "gauge.toml:3:1: unknown field `feature`, expected one of `summary`, `allocator`, `features`, `profile`, `target`, `std`, `one-shot`, `maturity`, `maturity-facts`",
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
                "[variants.a]\n",
                Some(MANIFEST),
                "gauge.toml:1:1: missing field `summary`",
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

    const DECISION: &str = "[decision]\nsize = 30\nthroughput = 20\nfragmentation = 20\nreclamation = 15\n\
        maturity = 15\nstays-within = \"10 %\"\nnotable-bytes = \"1 KiB\"\nthroughput-workload = \"mixed\"\n\
        fragmentation-workload = \"mixed\"\nreclamation-workload = \"churn\"\n";

    #[test]
    fn a_decision_needs_weights_that_add_up_and_a_judgement_of_every_variant() {
        let default = "default-variant = \"a\"\n";
        let variant = "[variants.a]\nsummary = \"A\"\nmaturity = 100\nmaturity-facts = \"old\"\n";
        let all = format!("{default}{DECISION}{variant}");
        let policy = load(&all, None).expect("it is right");
        let decision = policy.decision.expect("it is there").into_inner();
        assert_eq!(decision.weights().values(), [30, 20, 20, 15, 15]);
        assert_eq!(decision.notable_bytes, Size(1024));
        for (from, to, expected) in [
            (
                "size = 30",
                "size = 31",
                "gauge.toml:2:1: the weights size, throughput, fragmentation, reclamation and maturity add up to 101, not to 100",
            ),
            (
                "size = 30",
                "size = -1",
                "gauge.toml:3:8: invalid value: integer `-1`, expected u64",
            ),
            ("size = 30\n", "", "gauge.toml:2:1: missing field `size`"),
            (
                "stays-within = \"10 %\"",
                "stays-within = 10",
                "gauge.toml:8:16: `10` is not a share: write 0 to 100 with at most two decimals and %, as in \"5 %\"",
            ),
            (
                "default-variant = \"a\"",
                "",
                "gauge.toml:2:1: a decision is about the default-variant, and there is none",
            ),
            (
                "maturity = 100\n",
                "",
                "gauge.toml:13:11: variant `a`: [decision] needs its maturity, from 0 to 100",
            ),
            (
                "maturity-facts = \"old\"\n",
                "",
                "gauge.toml:13:11: variant `a`: [decision] needs its maturity-facts, what its maturity rests on",
            ),
            (
                "maturity = 100",
                "maturity = 101",
                "gauge.toml:15:12: maturity is 0 to 100, not 101",
            ),
            (
                "maturity = 100",
                "one-shot = true\nmaturity = 100",
                "gauge.toml:2:1: the default variant `a` is one-shot, which is never recommended",
            ),
        ] {
            let text = all.replace(from, to);
            assert_ne!(text, all, "{from}");
            assert_eq!(load(&text, None).expect_err(to), expected, "{to}");
        }
    }

    #[test]
    fn what_is_not_weighed_needs_no_maturity() {
        let text = format!(
            "default-variant = \"a\"\n{DECISION}\
             [variants.a]\nsummary = \"A\"\nmaturity = 100\nmaturity-facts = \"old\"\n\
             [variants.b]\nsummary = \"B\"\ntarget = \"wasm32-unknown-unknown\"\n\
             [variants.c]\nsummary = \"C\"\nstd = \"rebuilt\"\n\
             [variants.d]\nsummary = \"D\"\ntarget = \"wasm32-wasip1\"\nstd = \"rebuilt\"\n"
        );
        let policy = load(&text, None).expect("it is right");
        for (name, expected) in [
            ("a", None),
            ("b", Some("it is built for wasm32-unknown-unknown")),
            (
                "c",
                Some("its standard library is rebuilt, by unstable flags"),
            ),
            (
                "d",
                Some(
                    "it is built for wasm32-wasip1 and its standard library is rebuilt, by unstable flags",
                ),
            ),
        ] {
            assert_eq!(policy.apart(name).as_deref(), expected, "{name}");
        }
        let default = &policy.variants["b"];
        assert_eq!(
            policy.variants["c"].apart_from(default).as_deref(),
            Some(
                "it is built for the usual target and its standard library is rebuilt, by unstable flags"
            )
        );
        let default = &policy.variants["c"];
        assert_eq!(
            policy.variants["a"].apart_from(default).as_deref(),
            Some("its standard library is prebuilt")
        );
    }

    #[test]
    fn a_missing_policy_is_named() {
        let error = Policy::load(Path::new("/no/gauge.toml")).expect_err("it is not there");
        assert_eq!(
            error.to_string(),
            "/no/gauge.toml: No such file or directory (os error 2)"
        );
    }
}
