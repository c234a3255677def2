//! The ways to build the package.

use serde::Deserialize;
use toml::Spanned;

use super::Policy;
use super::file::one_of;

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
    /// Whether it is built as a wasip1 core module too.
    #[serde(default)]
    pub wasip1: bool,
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

impl Policy {
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

    pub(super) fn variant_names(&self) -> impl Iterator<Item = &String> {
        self.variants.keys().map(Spanned::get_ref)
    }
}

/// The variant that `name` is of: what is before the target, where there is one.
fn variant_of(name: &str) -> &str {
    name.split_once('/').map_or(name, |(variant, _)| variant)
}

#[cfg(test)]
mod tests {
    use crate::policy::decision::tests::DECISION;
    use crate::policy::tests::load;

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
}
