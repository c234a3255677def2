//! Each layer of the library uses itself and those below it, and no modules use each other in a circle.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use petgraph::algo::tarjan_scc;
use petgraph::graph::DiGraph;
use syn::visit::{self, Visit};

/// From the ground up. What is in none of them, the errors say.
const LAYERS: [&str; 14] = [
    "escape", "error", "file", "units", "tool", "binary", "names", "engine", "measure", "optimize",
    "policy", "record", "judge", "render",
];

/// A path of Rust: `crate::measure::Profile` without `crate`.
type RustPath = Vec<String>;

/// What one module says about others.
#[derive(Default)]
struct RustModule {
    /// What it uses.
    uses: Vec<RustPath>,
    /// What it makes public of what it uses, by the name under which it does.
    exports: BTreeMap<String, RustPath>,
}

/// Reads a module from its file. What is compiled for tests only may use anything.
struct Reader<'a> {
    path: &'a [String],
    module: RustModule,
}

impl Reader<'_> {
    /// `names` seen from the crate; none where it does not say whether it is this crate's.
    fn absolute(&self, names: &[String]) -> Option<RustPath> {
        let depth = self.path.len();
        let (start, rest) = match names.first()?.as_str() {
            "crate" => (0, &names[1..]),
            "self" => (depth, &names[1..]),
            "super" => {
                let up = names.iter().take_while(|name| *name == "super").count();
                (depth.checked_sub(up)?, &names[up..])
            }
            _ => return None,
        };
        Some([&self.path[..start], rest].concat())
    }

    /// Adds what `tree` uses behind `names`.
    fn add(&mut self, names: &RustPath, tree: &syn::UseTree, public: bool) {
        let with = |name: &syn::Ident| [names.as_slice(), &[name.to_string()]].concat();
        match tree {
            syn::UseTree::Path(path) => self.add(&with(&path.ident), &path.tree, public),
            syn::UseTree::Group(group) => {
                for tree in &group.items {
                    self.add(names, tree, public);
                }
            }
            syn::UseTree::Name(name) if name.ident == "self" => self.found(names, None, public),
            syn::UseTree::Name(name) => self.found(&with(&name.ident), Some(&name.ident), public),
            syn::UseTree::Rename(name) => {
                self.found(&with(&name.ident), Some(&name.rename), public)
            }
            syn::UseTree::Glob(_) => self.found(names, None, public),
        }
    }

    fn found(&mut self, names: &RustPath, called: Option<&syn::Ident>, public: bool) {
        let child = || [self.path, names.as_slice()].concat();
        match (self.absolute(names), called) {
            // Of a module below this one, or of another crate: nobody asks for the latter.
            (None, Some(name)) if public => {
                self.module.exports.insert(name.to_string(), child());
            }
            (None, _) => self.module.uses.push(child()),
            (Some(names), _) => self.module.uses.push(names),
        }
    }
}

impl<'ast> Visit<'ast> for Reader<'_> {
    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        let for_tests = item
            .attrs
            .iter()
            .any(|attribute| attribute.path().is_ident("cfg"));
        if !for_tests {
            visit::visit_item_mod(self, item);
        }
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        let public = !matches!(item.vis, syn::Visibility::Inherited);
        self.add(&Vec::new(), &item.tree, public);
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let names: RustPath = path.segments.iter().map(|s| s.ident.to_string()).collect();
        self.module.uses.extend(self.absolute(&names));
        visit::visit_path(self, path);
    }
}

/// The modules of these sources, by their paths.
fn modules(sources: &[(&str, String)]) -> BTreeMap<RustPath, RustModule> {
    let module = |(path, text): &(&str, String)| {
        let path: RustPath = path.split("::").map(str::to_owned).collect();
        let file = syn::parse_file(text).expect("it compiles");
        let mut reader = Reader {
            path: &path,
            module: RustModule::default(),
        };
        reader.visit_file(&file);
        let module = reader.module;
        (path, module)
    };
    sources.iter().map(module).collect()
}

/// The module that holds what `names` stands for; none where it is not of these.
fn holder(modules: &BTreeMap<RustPath, RustModule>, names: &[String]) -> Option<RustPath> {
    let length = (1..=names.len())
        .rev()
        .find(|length| modules.contains_key(&names[..*length]))?;
    let (path, rest) = names.split_at(length);
    let exported = rest
        .first()
        .and_then(|name| modules[path].exports.get(name));
    let exported = exported.and_then(|names| holder(modules, names));
    Some(exported.unwrap_or_else(|| path.to_vec()))
}

/// Every use that runs upwards, and every circle.
fn violations(sources: &[(&str, String)]) -> Vec<String> {
    let modules = modules(sources);
    let mut found = Vec::new();
    let mut graph = DiGraph::<String, ()>::new();
    let nodes: BTreeMap<&RustPath, _> = modules
        .keys()
        .map(|path| (path, graph.add_node(path.join("::"))))
        .collect();
    for (path, module) in &modules {
        let layer = |path: &RustPath| LAYERS.iter().position(|layer| *layer == path[0]);
        if layer(path).is_none() {
            found.push(format!("{} is in no layer", path.join("::")));
        }
        for target in module
            .uses
            .iter()
            .filter_map(|names| holder(&modules, names))
        {
            if layer(&target) > layer(path) {
                found.push(format!(
                    "{} uses {} above it",
                    path.join("::"),
                    target.join("::")
                ));
            }
            // What a module consists of may use it, and it them.
            if !target.starts_with(path) && !path.starts_with(&target) {
                graph.update_edge(nodes[path], nodes[&target], ());
            }
        }
    }
    for circle in tarjan_scc(&graph)
        .into_iter()
        .filter(|circle| circle.len() > 1)
    {
        let mut names: Vec<&str> = circle.iter().map(|node| graph[*node].as_str()).collect();
        names.sort_unstable();
        found.push(format!("a circle: {}", names.join(", ")));
    }
    found.dedup();
    found
}

#[test]
fn each_layer_uses_those_below_it() {
    fn read(folder: &Path, path: &str, sources: &mut Vec<(String, String)>) {
        for entry in fs::read_dir(folder).expect("it is a folder") {
            let file = entry.expect("it is there").path();
            let stem = file.file_stem().expect("it has a name").to_string_lossy();
            let inner = match path {
                "" => stem.to_string(),
                _ => format!("{path}::{stem}"),
            };
            if file.is_dir() {
                read(&file, &inner, sources);
            } else if file.extension().is_some_and(|extension| extension == "rs") {
                let path = if stem == "mod" {
                    path.to_owned()
                } else {
                    inner
                };
                let text = fs::read_to_string(&file).expect("it is text");
                sources.push((path, text));
            }
        }
    }
    let mut sources = Vec::new();
    read(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("src"),
        "",
        &mut sources,
    );
    // The root names the layers, and the command line is another crate.
    let library: Vec<(&str, String)> = sources
        .iter()
        .map(|(path, text)| (path.as_str(), text.clone()))
        .filter(|(path, _)| {
            !["lib", "main", "cli"].contains(&path.split("::").next().unwrap_or_default())
        })
        .collect();
    assert!(library.len() > 60, "{} modules", library.len());
    assert_eq!(violations(&library), [""; 0]);
}

#[test]
fn uses_upwards_and_circles_are_found() {
    let text = str::to_owned;
    for (sources, expected) in [
        (
            vec![
                (
                    "judge::budget",
                    text("use crate::measure::{Profile, size};\nuse serde::Serialize;"),
                ),
                (
                    "measure",
                    text("mod profile;\nmod size;\npub use profile::Profile;"),
                ),
                ("measure::profile", text("pub struct Profile;")),
                ("measure::size", text("use super::Profile;")),
            ],
            vec![],
        ),
        (
            vec![
                ("judge", text("")),
                ("measure", text("fn f() -> crate::judge::Verdict {}")),
            ],
            vec!["measure uses judge above it"],
        ),
        (
            vec![
                ("judge::budget", text("")),
                ("record", text("use crate::judge::{self, budget::*};")),
            ],
            vec!["record uses judge::budget above it"],
        ),
        (
            vec![
                (
                    "measure",
                    text("mod a;\nmod b;\npub use a::A;\npub use b::B as C;"),
                ),
                ("measure::a", text("use super::C;")),
                ("measure::b", text("impl From<crate::measure::A> for B {}")),
            ],
            vec!["a circle: measure::a, measure::b"],
        ),
        (
            vec![
                (
                    "measure",
                    text("#[cfg(test)]\nmod tests { use crate::judge; }"),
                ),
                ("judge", text("")),
            ],
            vec![],
        ),
        (
            vec![("elsewhere", text(""))],
            vec!["elsewhere is in no layer"],
        ),
    ] {
        assert_eq!(violations(&sources), expected, "{sources:?}");
    }
}
