//! The bill of materials of a product: the packages that it is built from.

use std::collections::{BTreeMap, BTreeSet};

use cargo_metadata::{DependencyKind, MetadataCommand};
use cyclonedx_bom::models::component::Classification;
use cyclonedx_bom::models::dependency;
use cyclonedx_bom::models::hash::{Hash, HashAlgorithm, HashValue, Hashes};
use cyclonedx_bom::models::license::{LicenseChoice, Licenses};
use cyclonedx_bom::prelude::{Bom, Component, Components, Metadata, Purl, SpecVersion};
use serde::Deserialize;

use super::dependencies;
use crate::{Fault, Result};

/// The part of a `Cargo.lock` that a bill of materials needs.
#[derive(Deserialize)]
struct Lock {
    #[serde(default)]
    package: Vec<Locked>,
}

#[derive(Deserialize)]
struct Locked {
    name: String,
    version: String,
    checksum: Option<String>,
}

/// The bill of materials of the product of `package`, as CycloneDX 1.5 in JSON: what
/// [`dependencies`] finds in `metadata`, with the checksums of `lock`, a `Cargo.lock`. The same input gives the same
/// bytes: there is neither a serial number nor a time in it.
///
/// # Errors
/// Those of [`dependencies`], and why `lock` is none or does not have a package.
pub fn sbom(metadata: &str, lock: &str, package: Option<&str>) -> Result<String, Fault> {
    let parts = dependencies(metadata, package)?;
    let lock: Lock =
        toml::from_str(lock).map_err(|error| format!("not a Cargo.lock: {}", error.message()))?;
    let checksums: BTreeMap<(&str, &str), Option<&str>> = lock
        .package
        .iter()
        .map(|locked| {
            (
                (locked.name.as_str(), locked.version.as_str()),
                locked.checksum.as_deref(),
            )
        })
        .collect();
    let all = MetadataCommand::parse(metadata).map_err(|error| error.to_string())?;
    let included: BTreeSet<(String, String)> = parts
        .iter()
        .map(|part| (part.name.clone(), part.version.clone()))
        .collect();
    let mut components = Vec::new();
    let mut root = None;
    let mut references = BTreeMap::new();
    for found in &all.packages {
        let key = (found.name.to_string(), found.version.to_string());
        if !included.contains(&key) {
            continue;
        }
        let (name, version) = (&key.0, &key.1);
        let purl = Purl::new("cargo", name, version).map_err(|error| format!("{name}: {error}"))?;
        references.insert(&found.id, purl.to_string());
        let mut component = Component::new(
            Classification::Library,
            name,
            version,
            Some(purl.to_string()),
        );
        let Some(checksum) = checksums.get(&(name.as_str(), version.as_str())) else {
            return Err(format!("the lock has no package {name} {version}").into());
        };
        component.hashes = checksum.map(|checksum| {
            Hashes(vec![Hash {
                alg: HashAlgorithm::SHA_256,
                content: HashValue(checksum.to_owned()),
            }])
        });
        component.licenses = found.license.as_ref().map(|license| {
            // Up to 2018 `/` was written for `OR`.
            Licenses(vec![LicenseChoice::expression(
                &license.replace('/', " OR "),
            )])
        });
        component.purl = Some(purl);
        let is_root = parts.iter().any(|part| {
            part.needed_by.is_empty() && (&part.name, &part.version) == (name, version)
        });
        match is_root {
            true => root = Some(component),
            false => components.push(component),
        }
    }
    components.sort_by_key(|component| component.bom_ref.clone());
    let nodes = all.resolve.iter().flat_map(|resolve| &resolve.nodes);
    let mut edges: Vec<dependency::Dependency> = nodes
        .filter_map(|node| {
            let needed = node.deps.iter().filter(|needed| {
                needed
                    .dep_kinds
                    .iter()
                    .any(|kind| kind.kind == DependencyKind::Normal)
            });
            let mut needed: Vec<String> = needed
                .filter_map(|needed| references.get(&needed.pkg).cloned())
                .collect();
            needed.sort();
            Some(dependency::Dependency {
                dependency_ref: references.get(&node.id)?.clone(),
                dependencies: needed,
            })
        })
        .collect();
    edges.sort_by(|a, b| a.dependency_ref.cmp(&b.dependency_ref));
    let bom = Bom {
        version: 1,
        serial_number: None,
        metadata: Some(Metadata {
            component: root,
            ..Metadata::default()
        }),
        components: Some(Components(components)),
        dependencies: Some(dependency::Dependencies(edges)),
        services: None,
        external_references: None,
        compositions: None,
        properties: None,
        vulnerabilities: None,
        signature: None,
        annotations: None,
        formulation: None,
        spec_version: SpecVersion::V1_5,
    };
    let mut text = Vec::new();
    bom.output_as_json_v1_5(&mut text)
        .map_err(|error| error.to_string())?;
    // Through a value, whose keys are sorted.
    let value: serde_json::Value =
        serde_json::from_slice(&text).map_err(|error| error.to_string())?;
    Ok(format!("{value:#}\n"))
}
