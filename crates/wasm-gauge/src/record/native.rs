//! What is kept of native programs: their sizes, what they cost on one machine, and how long they take to build.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::Missing;
use crate::measure::native::run::Runs;
use crate::measure::native::{ProgramCrate, ProgramSizes};
use crate::measure::statistics::Spread;
use crate::{Error, Result, file};

/// What was measured of some programs.
#[derive(Debug, Deserialize, Serialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NativeReport {
    /// Where the tools come from, where that was said.
    pub backend: Option<String>,
    /// Versions of the tools that decide the bytes, by name.
    pub tools: BTreeMap<String, String>,
    /// The programs in the order that they were given in; others are compared with the first.
    pub programs: Vec<NativeProgram>,
    /// What the times are of, where some were taken.
    pub machine: Option<String>,
    /// How long processes of a program take that does nothing, where some were started.
    pub floor: Option<Spread>,
    /// Programs whose times are recorded, but of an earlier build than the sizes.
    #[serde(default)]
    pub outdated: Vec<String>,
    /// How long programs and guests take to build, where that is recorded.
    #[serde(default)]
    pub builds: Option<Builds>,
}

/// What was measured of one program.
#[derive(Debug, Deserialize, Serialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NativeProgram {
    /// Its name.
    pub name: String,
    /// Its sizes.
    pub sizes: ProgramSizes,
    /// What crates have in it: none where it has no symbols.
    pub crates: Option<Vec<ProgramCrate>>,
    /// What running it came to, where it was run.
    pub runs: Option<Runs>,
}

/// What the baseline has of native programs.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NativeColumn {
    /// Versions of the tools by name. Programs that other versions made are not compared.
    pub tools: BTreeMap<String, String>,
    /// Sizes by the program's name.
    pub programs: BTreeMap<String, ProgramSizes>,
    /// What they cost on one machine, if that is recorded. It is never judged.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub costs: Option<NativeCosts>,
    /// How long builds take, if that is recorded. It is never judged.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub builds: Option<Builds>,
}

/// What programs cost on one machine.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NativeCosts {
    /// The machine, in words.
    pub machine: String,
    /// How long processes of a program take that does nothing.
    pub floor: Spread,
    /// By the program's name.
    pub programs: BTreeMap<String, ProgramCosts>,
}

/// What one program costs.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ProgramCosts {
    /// SHA-256 of the program that was run.
    pub sha256: String,
    /// What running it came to.
    pub runs: Runs,
}

/// How long builds take, all on one machine and in one run.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Builds {
    /// The machine, in words.
    pub machine: String,
    /// The commit that was built.
    pub commit: String,
    /// The commit that it is compared with, and which was built in the same run.
    pub before: String,
    /// By what is built.
    pub builds: BTreeMap<String, Build>,
}

/// One build, now and of the commit before.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Build {
    /// What is there now.
    pub now: BuildCosts,
    /// The commit before; none where it does not have it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<BuildCosts>,
}

/// What one build costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BuildCosts {
    /// From its start to its end, in ms.
    pub wall_ms: u64,
    /// Time of all processors, in ms.
    pub cpu_ms: u64,
    /// The most memory of one of its compilers, in KiB, where the system tells.
    pub peak_kib: Option<u64>,
}

/// What a file of JSON from `wasm-gauge native` has that is read again.
#[derive(Deserialize)]
struct NativeFile {
    report: NativeReport,
}

impl NativeReport {
    /// Reads the JSON of `wasm-gauge native`, for what running the programs came to.
    ///
    /// # Errors
    /// [`Error::Input`] where it is something else.
    pub fn read(path: &Path) -> Result<Self> {
        let read: NativeFile = file::json(path, "the JSON of `wasm-gauge native`")?;
        Ok(read.report)
    }

    /// Reads the same for the programs' bytes, which the tools decide that made them.
    ///
    /// # Errors
    /// [`Error::Input`] where it is something else, or names no such tool.
    pub fn read_sizes(path: &Path) -> Result<Self> {
        let report = NativeReport::read(path)?;
        if report.tools.keys().all(|tool| tool == "gzip") {
            return Err(Error::input(
                path,
                "names no tool that made the programs: measure them again, and name it",
            ));
        }
        Ok(report)
    }

    /// What is recorded of the programs called `only`, or of all of them where that is empty.
    ///
    /// # Errors
    /// [`Missing::Program`] where there is none of one of these names.
    pub fn recorded(
        backend: Option<String>,
        column: NativeColumn,
        only: &[String],
    ) -> Result<Self, Missing> {
        let mut sizes = column.programs;
        let names = match only {
            [] => sizes.keys().cloned().collect(),
            only => only.to_vec(),
        };
        let mut programs = Vec::new();
        let mut outdated = Vec::new();
        for name in names {
            let Some(sizes) = sizes.remove(&name) else {
                return Err(Missing::Program(name));
            };
            let costs = column.costs.as_ref();
            let costs = costs.and_then(|costs| costs.programs.get(&name));
            if costs.is_some_and(|costs| costs.sha256 != sizes.sha256) {
                outdated.push(name.clone());
            }
            programs.push(NativeProgram {
                runs: costs.map(|costs| costs.runs.clone()),
                crates: None,
                name,
                sizes,
            });
        }
        Ok(NativeReport {
            backend,
            tools: column.tools,
            programs,
            floor: column.costs.as_ref().map(|costs| costs.floor),
            machine: column.costs.map(|costs| costs.machine),
            outdated,
            builds: column.builds,
        })
    }
}

impl NativeColumn {
    /// What is kept of `report`'s sizes, with the costs that are there already.
    pub fn update(&mut self, report: &NativeReport) {
        self.tools.clone_from(&report.tools);
        let programs = report.programs.iter();
        self.programs = programs
            .map(|program| (program.name.clone(), program.sizes.clone()))
            .collect();
        if let Some(costs) = &mut self.costs {
            costs
                .programs
                .retain(|name, _| self.programs.contains_key(name));
        }
    }

    /// Takes over what running the programs of `report` came to.
    ///
    /// # Errors
    /// [`Missing`] where nothing was run, or a program is not recorded with the same bytes.
    pub fn add_costs(&mut self, report: NativeReport) -> Result<(), Missing> {
        let (Some(machine), Some(floor)) = (report.machine, report.floor) else {
            return Err(Missing::Runs);
        };
        let mut programs = BTreeMap::new();
        for program in report.programs {
            let sha256 = program.sizes.sha256;
            let recorded = self.programs.get(&program.name);
            if recorded.is_none_or(|recorded| recorded.sha256 != sha256) {
                return Err(Missing::Same(program.name));
            }
            if let Some(runs) = program.runs {
                programs.insert(program.name, ProgramCosts { sha256, runs });
            }
        }
        self.costs = Some(NativeCosts {
            machine,
            floor,
            programs,
        });
        Ok(())
    }
}

impl Builds {
    /// Reads how long builds took.
    ///
    /// # Errors
    /// [`Error::Input`] where the file is something else.
    pub fn read(path: &Path) -> Result<Self> {
        file::json(path, "a list of builds")
    }
}
