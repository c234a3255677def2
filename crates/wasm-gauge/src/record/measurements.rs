//! What `wasm-gauge measure` writes of one variant, and all variants together.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::Missing;
use super::tools::{of_backend, tool_list};
use crate::measure::bench::{Bench, Figures};
use crate::measure::{Breakdown, Contents, Memory, Sizes};
use crate::names::library;
use crate::{Error, Fault, Result, file};

/// What was measured of one variant's binaries, and what measured and made them.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Measurements {
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
    /// All that a report shows of it, where that was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub details: Option<Details>,
}

/// What a report shows of one variant besides its sizes.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Details {
    /// What the bytes of the binary that ships are of.
    pub optimized: Breakdown,
    /// The same before wasm-opt, where that was measured.
    pub unoptimized: Option<Breakdown>,
    /// How the linear memory of the binary that ships is laid out.
    pub memory: Memory,
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
    /// What a report shows besides, of those of which it was measured.
    pub details: BTreeMap<String, Details>,
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
    /// Reads the measurements of each name.
    ///
    /// # Errors
    /// [`Error::Usage`] for a name given twice, [`Error::Input`] for what are no measurements of a
    /// variant, for some that name no tool that made the files, and for those of different
    /// tools, which say nothing about each other.
    pub fn read(files: &[(String, PathBuf)]) -> Result<Self> {
        let mut first: Option<(Option<String>, BTreeMap<String, String>)> = None;
        let mut products = BTreeMap::new();
        let mut details = BTreeMap::new();
        for (name, path) in files {
            let mut measurements: Measurements =
                file::json(path, "measurements of `wasm-gauge measure`")?;
            let (backend, tools) = first
                .get_or_insert_with(|| (measurements.backend.clone(), measurements.tools.clone()));
            if *backend != measurements.backend || *tools != measurements.tools {
                return Err(Error::input(
                    path,
                    format!(
                        "made by {}{}, but {} by {}{}: these do not compare",
                        tool_list(&measurements.tools),
                        of_backend(measurements.backend.as_deref()),
                        files[0].1.display(),
                        tool_list(tools),
                        of_backend(backend.as_deref()),
                    ),
                ));
            }
            if let Some(measured) = measurements.details.take() {
                details.insert(name.clone(), measured);
            }
            let product = Products::of(measurements).map_err(|fault| Error::input(path, fault))?;
            if products.insert(name.clone(), product).is_some() {
                return Err(Error::usage(format!("`{name}` is given twice")));
            }
        }
        let (backend, tools) = first.unwrap_or_default();
        Ok(Variants {
            backend,
            tools,
            products,
            details,
        })
    }

    /// Adds what workloads came to on these variants.
    ///
    /// # Errors
    /// [`Missing::Measurements`] for a variant that was not measured.
    pub fn add_workloads(&mut self, bench: Bench) -> Result<(), Missing> {
        for (variant, build) in bench.builds {
            let Some(products) = self.products.get_mut(&variant) else {
                return Err(Missing::Measurements(variant));
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

impl Products {
    /// Bytes of the crate of `package`; none where there is no such package or nothing says what is in the binary.
    pub(super) fn bytes_of(&self, package: Option<&str>) -> Option<u64> {
        let crates = &self.contents.as_ref()?.crates;
        Some(crates.get(&library(package?)).copied().unwrap_or(0))
    }

    fn of(measurements: Measurements) -> Result<Self, Fault> {
        if measurements.tools.keys().all(|tool| tool == "gzip") {
            return Err(
                "names no tool that made the files: measure them again, and name it".into(),
            );
        }
        Ok(Products {
            unoptimized: measurements.unoptimized,
            optimized: measurements.optimized,
            contents: measurements.contents,
            workload_build: None,
            workloads: None,
        })
    }
}
