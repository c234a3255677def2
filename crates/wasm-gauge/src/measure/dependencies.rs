//! Which packages a product is built from, as cargo tells it.

use std::collections::{BTreeMap, VecDeque};

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand, Package, PackageId, TargetKind};

use crate::{Fault, Result};

/// A package whose code can be in the product.
#[derive(Debug, PartialEq, Eq)]
pub struct Dependency {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// One shortest way to it: the names of the packages from the product's own to the one that
    /// needs it.
    pub needed_by: Vec<String>,
}

/// The packages that the product of `package` is built from, itself included, sorted by name and
/// version. `metadata` is what `cargo metadata --format-version 1` printed; without a `package`
/// it is the one that cargo takes for the root.
///
/// Normal dependencies count, those for tests and build scripts do not, and neither do procedural
/// macros and what they need: they run in the compiler.
///
/// # Errors
/// Why `metadata` does not tell: it is something else, or has no such package.
pub fn dependencies(metadata: &str, package: Option<&str>) -> Result<Vec<Dependency>, Fault> {
    let metadata = MetadataCommand::parse(metadata)
        .map_err(|error| format!("not the output of `cargo metadata`: {error}"))?;
    let resolve = metadata
        .resolve
        .as_ref()
        .ok_or("has no dependencies: run `cargo metadata` without --no-deps")?;
    let packages: BTreeMap<&PackageId, &Package> = metadata
        .packages
        .iter()
        .map(|package| (&package.id, package))
        .collect();
    let nodes: BTreeMap<&PackageId, _> =
        resolve.nodes.iter().map(|node| (&node.id, node)).collect();
    let root = root(&metadata, package)?;

    // Breadth first: who comes first, comes by a shortest way.
    let mut ways = BTreeMap::from([(root, Vec::new())]);
    let mut next = VecDeque::from([root]);
    let mut found = Vec::new();
    while let Some(id) = next.pop_front() {
        let (Some(package), Some(node)) = (packages.get(id), nodes.get(id)) else {
            return Err(format!("says nothing of the package {id}, which is needed").into());
        };
        let is_macro = package
            .targets
            .iter()
            .any(|target| target.kind.contains(&TargetKind::ProcMacro));
        if is_macro {
            continue;
        }
        let needed_by = ways[id].clone();
        let way = [needed_by.as_slice(), &[package.name.to_string()]].concat();
        for dependency in &node.deps {
            let kinds = &dependency.dep_kinds;
            if kinds.iter().any(|kind| kind.kind == DependencyKind::Normal)
                && !ways.contains_key(&dependency.pkg)
            {
                ways.insert(&dependency.pkg, way.clone());
                next.push_back(&dependency.pkg);
            }
        }
        found.push(Dependency {
            name: package.name.to_string(),
            version: package.version.to_string(),
            needed_by,
        });
    }
    found.sort_by(|a, b| (&a.name, &a.version).cmp(&(&b.name, &b.version)));
    Ok(found)
}

fn root<'a>(metadata: &'a Metadata, package: Option<&str>) -> Result<&'a PackageId, Fault> {
    let Some(name) = package else {
        let root = metadata
            .resolve
            .as_ref()
            .and_then(|resolve| resolve.root.as_ref());
        return root.ok_or_else(|| {
            "is of a workspace without a root package: name `package` in the policy".into()
        });
    };
    metadata
        .packages
        .iter()
        .find(|package| package.name == name && metadata.workspace_members.contains(&package.id))
        .map(|package| &package.id)
        .ok_or_else(|| format!("its workspace has no package `{name}`").into())
}
