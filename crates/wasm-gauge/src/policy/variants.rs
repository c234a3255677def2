//! The ways to build the package.

use serde::{Deserialize, Serialize};
use toml::Spanned;

use super::Policy;
use super::file::{TomlFile, one_of};
use crate::Result;
use crate::units::Size;

/// The allocator that is no crate: wasi-libc's malloc.
const WASI_LIBC: &str = "wasi-libc";

/// What guests can be built for.
const TARGETS: [&str; 3] = ["wasm32-wasip2", "wasm32-wasip1", "wasm32-unknown-unknown"];

/// One way to build the package.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Variant {
    /// One line about it.
    pub summary: Option<String>,
    /// The crate that allocates, or `wasi-libc`; not looked for when absent.
    pub allocator: Option<String>,
    /// Cargo features of the package.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub features: Vec<Spanned<String>>,
    /// Cargo profile, when it is not the usual one.
    pub profile: Option<String>,
    /// What it is compiled for, when that is not the usual target.
    #[schemars(with = "Option<String>")]
    pub target: Option<Spanned<String>>,
    /// Whether a component is made of it, when that is not as of the others.
    pub component: Option<bool>,
    /// How large the stack in linear memory is, when that is not as of the others.
    pub stack_size: Option<Size>,
    /// Whether it is built as a wasip1 core module too.
    #[schemars(with = "Option<bool>")]
    pub wasip1: Option<Spanned<bool>>,
    /// Where its standard library comes from.
    #[serde(default)]
    pub std: Std,
    /// Whether it never gives memory back, and is for instances that answer once.
    #[serde(default)]
    pub one_shot: bool,
    /// How much it is proven, from 0 to 100: a judgement, which a decision needs.
    #[schemars(with = "Option<u64>")]
    pub maturity: Option<Spanned<u64>>,
    /// The facts that the judgement of its maturity rests on.
    pub maturity_facts: Option<String>,
}

/// Where the standard library comes from.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, schemars::JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Std {
    /// The toolchain brings it, compiled.
    #[default]
    Prebuilt,
    /// It is compiled with the package, which relies on unstable flags.
    Rebuilt,
}

/// What sets a variant apart from the default.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(tag = "by", rename_all = "kebab-case")]
pub enum Apart {
    /// It is built for another target.
    Target {
        /// The target; none where it is that of the policy.
        target: Option<String>,
    },
    /// It comes to its standard library in another way.
    Std {
        /// The way.
        std: Std,
    },
}

impl Variant {
    /// What makes this more than another choice of allocator or optimisation beside `default`.
    pub fn apart_from(&self, default: &Self) -> Vec<Apart> {
        let target = |variant: &Self| variant.target.as_ref().map(|t| t.get_ref().clone());
        let (own, usual) = (target(self), target(default));
        let target = (own != usual).then_some(Apart::Target { target: own });
        let std = (self.std != default.std).then_some(Apart::Std { std: self.std });
        target.into_iter().chain(std).collect()
    }
}

impl Policy {
    /// Whether `name` is one of the variants, or one of them for a target: `plain/wasm32-wasip1`.
    /// A policy without variants knows every name.
    pub fn has_variant(&self, name: &str) -> bool {
        self.variants.is_empty() || self.variants.contains_key(variant_of(name))
    }

    /// The crate that allocates in the variant `name`, or in that variant for a target; none where wasi-libc does, or nothing
    /// says so.
    pub fn allocator(&self, name: &str) -> Option<&str> {
        let allocator = self.variants.get(variant_of(name))?.allocator.as_deref();
        allocator.filter(|allocator| *allocator != WASI_LIBC)
    }

    /// How large the stack of the variant `name` is to be; none where nothing says so.
    pub fn stack_size(&self, name: &str) -> Option<Size> {
        let variant = self.variants.get(variant_of(name));
        variant
            .and_then(|variant| variant.stack_size)
            .or(self.stack_size)
    }

    /// The variants that are there, to tell one who named another.
    pub fn known_variants(&self) -> String {
        one_of("[variants]", self.variant_names())
    }

    /// What sets the variant `name` apart from the default: where there is something, a decision does not choose between them.
    pub fn apart(&self, name: &str) -> Vec<Apart> {
        let default = self.default_variant.as_ref().map(Spanned::get_ref);
        let default = default.and_then(|default| self.variants.get(default.as_str()));
        let variant = self.variants.get(name);
        variant
            .zip(default)
            .map_or_else(Vec::new, |(variant, default)| variant.apart_from(default))
    }

    /// Whether each variant can be built: its name is one of packages, and its target is known.
    pub(super) fn check_variants(&self, file: &TomlFile) -> Result<()> {
        let wrong = |span, reason: &str| Err(file.error(Some(span), reason));
        let known = |target: &str| TARGETS.contains(&target);
        let targets = self.variants.values().flat_map(|variant| &variant.target);
        for target in targets.chain(&self.target) {
            if !known(target.get_ref()) {
                let reason = format!(
                    "target is {}; it can be {}",
                    target.get_ref(),
                    TARGETS.join(", ")
                );
                return wrong(target.span(), &reason);
            }
        }
        for (name, variant) in &self.variants {
            let text = name.get_ref();
            let fits = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
            if text == "default"
                || text.is_empty()
                || text.starts_with('-')
                || !text.chars().all(fits)
            {
                let reason = format!(
                    "a variant cannot be called `{text}`: its name is part of the names of packages, of letters, digits, - and _, and not `default`"
                );
                return wrong(name.span(), &reason);
            }
            let target = variant.target.as_ref().or(self.target.as_ref());
            let target = target.map_or(TARGETS[0], |target| target.get_ref());
            if let Some(wasip1) = &variant.wasip1
                && *wasip1.get_ref()
                && target != TARGETS[0]
            {
                let reason = format!(
                    "variant `{text}`: wasip1 is for what is built for {}, and this is for {target}",
                    TARGETS[0]
                );
                return wrong(wasip1.span(), &reason);
            }
        }
        Ok(())
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
    use super::{Apart, Std};
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
        let target = |target: Option<&str>| Apart::Target {
            target: target.map(str::to_owned),
        };
        let std = |std| Apart::Std { std };
        for (name, expected) in [
            ("a", vec![]),
            ("b", vec![target(Some("wasm32-unknown-unknown"))]),
            ("c", vec![std(Std::Rebuilt)]),
            ("d", vec![target(Some("wasm32-wasip1")), std(Std::Rebuilt)]),
        ] {
            assert_eq!(policy.apart(name), expected, "{name}");
        }
        let default = &policy.variants["b"];
        assert_eq!(
            policy.variants["c"].apart_from(default),
            [target(None), std(Std::Rebuilt)]
        );
        let default = &policy.variants["c"];
        assert_eq!(
            policy.variants["a"].apart_from(default),
            [std(Std::Prebuilt)]
        );
    }
}
