use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use wasm_gauge::judge::{Assessment, StartupAssessment, decide};
use wasm_gauge::measure::bench::Bench;
use wasm_gauge::policy::Policy;
use wasm_gauge::record::baseline::{Baseline, BaselineColumn};
use wasm_gauge::record::comparison::Comparison;
use wasm_gauge::record::measurements::Variants;
use wasm_gauge::render::{ComparisonTable, ShownComparison};
use wasm_gauge::{Error, Result};

use super::named::named;
use super::output::Output;

/// Compare all variants, and decide between them
///
/// From what `wasm-gauge measure` writes, the smallest variant first: bytes before wasm-opt, and of the
/// binary that ships bytes, bytes of the crate that allocates, bytes compressed, code, data, custom sections,
/// functions and pages. With a policy each shows its difference to the default variant. Measurements of different
/// tools are refused: their sizes say nothing about each other.
///
/// With --bench also, of each workload on each variant, the ratios of fuel, instructions and time as far as
/// they were measured, pages and waste.
///
/// With --recorded, all of it comes from baseline.json next to the policy, and start-up times too: the same on
/// every machine. Where more than one column has costs, --backend tells which.
///
/// With a policy that says what decides, an overview, and scores of its variants and what they speak for:
///   [decision]
///   size = 30                          # weights in percent, 100 together
///   throughput = 20
///   waste = 20
///   reclamation = 15
///   maturity = 15
///   stays-within = "10 %"              # the default stays when the best is not above it by more
///   notable-bytes = "1 KiB"            # smaller by at least this is said
///   throughput-workload = "mixed"
///   waste-workload = "mixed"
///   reclamation-workload = "churn"
///   [startup]
///   cold-ms = 5                        # goals that recorded start-up times are shown beside
///   warm-ms = 1
///   [variants.plain]
///   maturity = 90                      # 0 to 100, a judgement
///   maturity-facts = "..."             # what it rests on
///
/// Points of each criterion, to the nearest hundredth:
///   size            100 x smallest / own bytes that ship
///   throughput      100 x least / own instructions; at most 0.1 % from the reference's count as the
///                   reference's. Where not all variants have them: 100 x least / own median time ratio; where
///                   its interval contains 1, it counts as 1. Where not all have times: 100 x least / own fuel
///   waste   100 x (1 + least waste) / (1 + own waste)
///   reclamation     100 x fewest / own pages
///   maturity        as stated
/// The score is their sum by weight. The highest is recommended, but never a variant that is one-shot.
/// Variants of another `target` than the default, or of another `std`, are no choice between allocators and not weighed.
/// Where something was not measured, no decision is made, and the result says what. Names with a target,
/// plain/wasm32-wasip1, are sizes only. Whatever is recommended, it fails nothing.
///
/// Examples:
///   $ wasm-gauge compare plain=plain.json small=small.json
///   $ wasm-gauge compare --policy gauge.toml --bench bench.json --format markdown plain=plain.json small=small.json
///   $ wasm-gauge compare --policy gauge.toml --recorded --show decision
///
/// Exit status:
///   0  compared
///   2  wrong usage; a policy that cannot be read or has no default variant among the names; a baseline that
///      cannot be read, or not one column of it to be shown
///   3  measurements or the result of `wasm-gauge bench` are not what they should be; some are of other tools
///      than the others; variants do not reply alike
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub struct Opts {
    /// Policy file with the default variant, and with what decides
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,

    /// What workloads came to on the variants, as JSON of `wasm-gauge bench`
    #[arg(long, value_name = "FILE", conflicts_with = "recorded")]
    bench: Option<PathBuf>,

    /// Compare what baseline.json next to the policy has
    #[arg(long, requires = "policy")]
    recorded: bool,

    /// Of which backend the column is
    #[arg(long, value_name = "NAME", requires = "recorded")]
    backend: Option<String>,

    /// Which tables to show, as far as there is something in them; may be repeated
    #[arg(
        long,
        value_enum,
        value_name = "TABLE",
        default_values_t = [
            ComparisonTableChoice::Overview,
            ComparisonTableChoice::Sizes,
            ComparisonTableChoice::Workloads,
            ComparisonTableChoice::Decision,
            ComparisonTableChoice::Startup,
        ]
    )]
    show: Vec<ComparisonTableChoice>,

    #[command(flatten)]
    output: Output,

    /// Measurements of `wasm-gauge measure`, one for each variant
    #[arg(
        value_name = "NAME=FILE",
        value_parser = named,
        required_unless_present = "recorded",
        conflicts_with = "recorded"
    )]
    measured: Vec<(String, PathBuf)>,
}

#[derive(Clone, Copy, ValueEnum)]
enum ComparisonTableChoice {
    /// What decides, in one table
    Overview,
    /// Sizes of all binaries
    Sizes,
    /// Every workload on every variant
    Workloads,
    /// Scores, and what they speak for
    Decision,
    /// Recorded start-up times of the default variant beside their goals
    Startup,
}

impl From<ComparisonTableChoice> for ComparisonTable {
    fn from(table: ComparisonTableChoice) -> Self {
        match table {
            ComparisonTableChoice::Overview => ComparisonTable::Overview,
            ComparisonTableChoice::Sizes => ComparisonTable::Sizes,
            ComparisonTableChoice::Workloads => ComparisonTable::Workloads,
            ComparisonTableChoice::Decision => ComparisonTable::Decision,
            ComparisonTableChoice::Startup => ComparisonTable::Startup,
        }
    }
}

impl Opts {
    /// Reads the measurements, shows them side by side, and decides.
    pub fn run(self) -> Result<bool> {
        let policy = self.policy.as_deref().map(Policy::load).transpose()?;
        let comparison = match (&self.policy, &policy) {
            (Some(path), Some(policy)) if self.recorded => self.recorded(path, policy)?,
            _ => self.measured(policy.as_ref())?,
        };
        let goals = policy.as_ref().and_then(|policy| policy.startup.goals());
        let verdict = Assessment {
            decision: policy.and_then(|policy| decide(&comparison, &policy)),
            startup: goals.and_then(|goals| StartupAssessment::of(&comparison, goals)),
            comparison,
        };
        self.output.write(&ShownComparison {
            verdict,
            tables: self.show.into_iter().map(ComparisonTable::from).collect(),
        })?;
        Ok(true)
    }

    /// What the measurements and the workloads say.
    fn measured(&self, policy: Option<&Policy>) -> Result<Comparison> {
        let variants = Variants::read(&self.measured)?;
        let known = |name: &str| variants.products.contains_key(name);
        let default = match policy {
            Some(policy) => Some(default_variant(
                policy,
                known,
                "the measurements: give NAME=FILE",
            )?),
            None => None,
        };
        let allocator = |name: &str| policy?.allocator(name);
        let mut comparison = Comparison::of(variants, default, allocator);
        if let Some(path) = &self.bench {
            let verdict = Bench::read(path)?;
            let mut names = verdict.builds.keys();
            if let Some(name) = names.find(|name| comparison.row(name).is_none()) {
                return Err(Error::usage(format!(
                    "`{name}` of {} is not among the measurements: give {name}=FILE",
                    path.display()
                )));
            }
            comparison.reference = Some(verdict.reference);
            comparison.workloads = verdict.workloads.into_iter().map(Into::into).collect();
        }
        Ok(comparison)
    }

    /// What the baseline beside the policy at `path` has.
    fn recorded(&self, path: &Path, policy: &Policy) -> Result<Comparison> {
        let path = Path::with_file_name(path, "baseline.json");
        let column = self.column(Baseline::load(&path)?, &path)?;
        let known = |name: &str| column.variants.contains_key(name);
        let place = format!(
            "those of {}: run `wasm-gauge baseline update`",
            path.display()
        );
        let default = default_variant(policy, known, &place)?;
        let allocator = |name: &str| policy.allocator(name);
        Ok(Comparison::of_column(column, Some(default), allocator))
    }

    /// The one column of `baseline`, read from `path`, that is of the backend asked for and has costs.
    fn column(&self, baseline: Baseline, path: &Path) -> Result<BaselineColumn> {
        let asked =
            |column: &BaselineColumn| self.backend.is_none() || column.backend == self.backend;
        let mut columns: Vec<BaselineColumn> = baseline.columns.into_iter().filter(asked).collect();
        columns.retain(|column| column.costs.is_some());
        match <[BaselineColumn; 1]>::try_from(columns) {
            Ok([column]) => Ok(column),
            Err(columns) if columns.is_empty() => Err(Error::usage(format!(
                "{} has no such column with costs: `wasm-gauge baseline costs` adds them",
                path.display()
            ))),
            Err(columns) => Err(Error::usage(format!(
                "{} has {} such columns with costs: give --backend NAME",
                path.display(),
                columns.len()
            ))),
        }
    }
}

/// The default variant of `policy`, which has to be `known`, to be among what is at `place`.
fn default_variant<'a>(
    policy: &'a Policy,
    known: impl Fn(&str) -> bool,
    place: &str,
) -> Result<&'a str> {
    match &policy.default_variant {
        Some(name) if known(name.get_ref()) => Ok(name.get_ref()),
        Some(name) => {
            let name = name.get_ref();
            Err(Error::usage(format!(
                "the default variant `{name}` is not among {}",
                place.replace("NAME", name)
            )))
        }
        None => Err(Error::usage(
            "the policy has no default-variant to compare with",
        )),
    }
}
