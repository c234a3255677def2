//! What the package's `Cargo.toml` says of what a policy names.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use toml::Spanned;

use super::Policy;
use super::file::{TomlFile, one_of};
use crate::Result;

/// The part of a `Cargo.toml` that a policy refers to.
#[derive(Deserialize)]
pub(super) struct Manifest {
    pub package: ManifestPackage,
    #[serde(default)]
    pub features: BTreeMap<String, Vec<String>>,
}

#[derive(Deserialize)]
pub(super) struct ManifestPackage {
    pub name: String,
}

impl Policy {
    pub(super) fn check_manifest(&self, file: &TomlFile, manifest: &Manifest) -> Result<()> {
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
        for (place, feature) in self.features() {
            if !declared.contains(feature.get_ref()) {
                return Err(file.error(
                    Some(feature.span()),
                    &format!(
                        "{place}: the package `{name}` has no feature `{}`: {}",
                        feature.get_ref(),
                        one_of("[features] of its Cargo.toml", declared)
                    ),
                ));
            }
        }
        Ok(())
    }

    /// All cargo features that the policy names, each with what names it.
    pub(super) fn features(&self) -> impl Iterator<Item = (String, &Spanned<String>)> {
        let of_variants = self.variants.iter().flat_map(|(name, variant)| {
            let place = format!("variant `{name}`");
            variant
                .features
                .iter()
                .map(move |feature| (place.clone(), feature))
        });
        let measuring = self.measuring.iter().flat_map(|measuring| {
            let place = "[measuring]".to_owned();
            measuring
                .features
                .iter()
                .map(move |feature| (place.clone(), feature))
        });
        of_variants.chain(measuring)
    }
}
