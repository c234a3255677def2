//! The reports that `wasm-gauge measure` writes, and the measurements of all variants in them.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::measure::bench::{Bench, Figures};
use crate::measure::{Contents, Sizes};
use crate::{Error, Result};

/// What was measured of one variant's binaries, and what measured and made them.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Report {
    /// Where the tools come from, where that was said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub backend: Option<String>,
    /// Versions of the tools by name.
    pub tools: BTreeMap<String, String>,
    /// The binary before wasm-opt, where that was measured.
    pub unoptimized: Option<Sizes>,
    /// The binary that ships.
    pub optimized: Sizes,
    /// What it consists of, where it or its named twin has names.
    pub contents: Option<Contents>,
}

/// What was measured of each variant with the same tools.
#[derive(Debug)]
pub struct Variants {
    /// Where the tools come from, where that was said.
    pub backend: Option<String>,
    /// Versions of the tools by name.
    pub tools: BTreeMap<String, String>,
    /// The products by the variant's name.
    pub products: BTreeMap<String, Products>,
}

/// What was measured of one variant.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Products {
    /// The binary before wasm-opt, where that was measured.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unoptimized: Option<Sizes>,
    /// The binary that ships.
    pub optimized: Sizes,
    /// What it consists of, where it or its named twin has names.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contents: Option<Contents>,
    /// SHA-256 of the build that workloads were run on, where some were.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub workload_build: Option<String>,
    /// What workloads came to on it by their names, where that was measured.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub workloads: Option<BTreeMap<String, WorkloadFigures>>,
}

/// What one workload came to on one variant, as far as it is recorded.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WorkloadFigures {
    /// Fuel of the measured calls.
    pub fuel: u64,
    /// Pages (64 KiB) of all linear memories together after all calls.
    pub pages: u64,
    /// What the heap has beyond the most that was live at once, in basis points.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub waste_basis_points: Option<u64>,
}

impl From<&Figures> for WorkloadFigures {
    fn from(figures: &Figures) -> Self {
        WorkloadFigures {
            fuel: figures.fuel,
            pages: figures.pages,
            waste_basis_points: figures.waste_basis_points,
        }
    }
}

impl Variants {
    /// Reads a report for each name.
    ///
    /// # Errors
    /// [`Error::Usage`] for a name given twice, [`Error::Input`] for what is no report of a
    /// variant, for a report that names no tool that made the files, and for reports of different
    /// tools, which say nothing about each other.
    pub fn read(reports: &[(String, PathBuf)]) -> Result<Self> {
        let mut first: Option<(Option<String>, BTreeMap<String, String>)> = None;
        let mut products = BTreeMap::new();
        for (name, path) in reports {
            let report = read(path)?;
            let (backend, tools) =
                first.get_or_insert_with(|| (report.backend.clone(), report.tools.clone()));
            if *backend != report.backend || *tools != report.tools {
                return Err(invalid(
                    path,
                    format!(
                        "made by {}{}, but {} by {}{}: these do not compare",
                        tool_list(&report.tools),
                        of_backend(report.backend.as_deref()),
                        reports[0].1.display(),
                        tool_list(tools),
                        of_backend(backend.as_deref()),
                    ),
                ));
            }
            let product = Products::of(report).map_err(|reason| invalid(path, reason))?;
            if products.insert(name.clone(), product).is_some() {
                return Err(Error::Usage(format!("`{name}` is given twice")));
            }
        }
        let (backend, tools) = first.unwrap_or_default();
        Ok(Variants {
            backend,
            tools,
            products,
        })
    }

    /// Adds what workloads came to on these variants.
    ///
    /// # Errors
    /// The name of a variant that has no report.
    pub fn add_workloads(&mut self, bench: Bench) -> std::result::Result<(), String> {
        for (variant, build) in bench.builds {
            let Some(products) = self.products.get_mut(&variant) else {
                return Err(variant);
            };
            products.workload_build = Some(build);
            let outcomes = bench.workloads.iter();
            let figures = outcomes.filter_map(|outcome| {
                let figures = WorkloadFigures::from(&outcome.on(&variant)?.figures);
                Some((outcome.workload.clone(), figures))
            });
            products.workloads.get_or_insert_default().extend(figures);
        }
        Ok(())
    }
}

/// Tools with their versions: `gzip 1.14, rustc 1.93.1`.
pub(crate) fn tool_list(tools: &BTreeMap<String, String>) -> String {
    let tools: Vec<String> = tools
        .iter()
        .map(|(name, version)| format!("{name} {version}"))
        .collect();
    tools.join(", ")
}

/// ` of debian`, or nothing where no backend was said.
pub(crate) fn of_backend(backend: Option<&str>) -> String {
    backend.map_or_else(String::new, |name| format!(" of {name}"))
}

impl Products {
    fn of(report: Report) -> std::result::Result<Self, String> {
        if report.tools.keys().all(|tool| tool == "gzip") {
            return Err(
                "names no tool that made the files: measure them with --tool NAME=VERSION"
                    .to_owned(),
            );
        }
        Ok(Products {
            unoptimized: report.unoptimized,
            optimized: report.optimized,
            contents: report.contents,
            workload_build: None,
            workloads: None,
        })
    }
}

fn read(path: &Path) -> Result<Report> {
    let text = fs::read_to_string(path).map_err(|error| invalid(path, error.to_string()))?;
    serde_json::from_str(&text)
        .map_err(|error| invalid(path, format!("no report of `wasm-gauge measure`: {error}")))
}

fn invalid(path: &Path, reason: String) -> Error {
    Error::Input {
        place: path.display().to_string(),
        reason,
    }
}
