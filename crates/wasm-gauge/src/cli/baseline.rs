use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use wasm_gauge::baseline::Baseline;
use wasm_gauge::judge::{BenchVerdict, compare_with_baseline};
use wasm_gauge::measure::Variants;
use wasm_gauge::policy::Policy;
use wasm_gauge::{Error, Result};

use super::output::{Output, to_stdout, write_file};
use super::reports::Reports;

/// Hold measurements against the recorded ones, or record them
///
/// `baseline.json` lies next to the policy. It has a column for each set of tools, because other
/// versions make other bytes: measurements are only compared with those of the very same versions of
/// the tools that the reports name.
///
/// A report is what `wasm-gauge measure --format json` writes with a --tool NAME=VERSION for each
/// tool that decides the bytes. It holds one file called *.opt.wasm, the binary that ships; the file
/// of the same name without .opt is the one before wasm-opt, and *.opt.names.wasm the one that ships
/// with names: from it, crates and functions are recorded. NAME is a variant of the policy, or one for
/// a target: plain/wasm32-wasip1.
#[derive(Subcommand)]
#[command(verbatim_doc_comment)]
pub enum Action {
    Check(Check),
    Update(Update),
}

/// Hold measurements against the budget and the recorded ones
///
/// Bytes and memory pages must not grow by more than the policy's tolerance:
///   [baseline]
///   tolerance = "0 B"
/// With --bench, neither must pages and waste of a workload grow at all, nor its fuel by more than:
///   [baseline]
///   fuel-tolerance = "0 %"
/// Where bytes or pages of a binary grew, the crates and functions that appeared or grew are listed, at most 10 each,
/// if the report and the record have names; they explain, and are not judged.
/// What became smaller without being recorded is a warning. Where no column is for the tools at
/// hand, only the budget is held, and the result says so.
///
/// Examples:
///   $ wasm-gauge baseline check --policy gauge.toml plain=report.json
///   $ wasm-gauge baseline check --strict --policy gauge.toml plain=plain.json small=small.json
///
/// Exit status:
///   0  it holds
///   1  a limit is broken or a figure grew; with --strict also a warning, or no column to compare with
///   2  wrong usage, or a policy or baseline that cannot be read
///   3  a report is not what it should be, or is of other tools than the others
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub struct Check {
    /// Warnings fail, and so does having nothing to compare with
    #[arg(long)]
    strict: bool,

    #[command(flatten)]
    measured: Measured,

    #[command(flatten)]
    output: Output,
}

/// Record measurements as the baseline
///
/// Writes the column of the tools at hand; other columns and other variants stay as they are, and so do
/// the workloads of variants that --bench does not have.
///
/// Example:
///   $ wasm-gauge baseline update --policy gauge.toml plain=plain.json small=small.json
///
/// Exit status:
///   0  recorded
///   2  wrong usage, a policy or baseline that cannot be read, or a baseline that cannot be written
///   3  a report is not what it should be, or is of other tools than the others
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub struct Update {
    #[command(flatten)]
    measured: Measured,
}

/// What both need.
#[derive(Args)]
struct Measured {
    /// Policy file; baseline.json lies next to it
    #[arg(long, value_name = "FILE")]
    policy: PathBuf,

    /// What workloads came to on the variants, as JSON of `wasm-gauge bench`
    #[arg(long, value_name = "FILE")]
    bench: Option<PathBuf>,

    #[command(flatten)]
    reports: Reports,
}

impl Action {
    /// Checks or updates, and tells whether it holds.
    pub fn run(self) -> Result<bool> {
        match self {
            Action::Check(check) => check.run(),
            Action::Update(update) => update.run(),
        }
    }
}

impl Check {
    fn run(self) -> Result<bool> {
        let (policy, measured) = self.measured.read()?;
        let baseline = Baseline::load(&self.measured.baseline())?;
        let verdict = compare_with_baseline(&measured, &baseline, &policy, self.strict).map_err(
            |unmeasured| Error::Usage(format!("{unmeasured}: measure it into the same report")),
        )?;
        self.output.write(&verdict)?;
        Ok(verdict.holds)
    }
}

impl Update {
    fn run(self) -> Result<bool> {
        let (policy, measured) = self.measured.read()?;
        let path = self.measured.baseline();
        let mut baseline = Baseline::load(&path)?;
        baseline.record(&measured, &policy);
        write_file(&path, baseline.text().as_bytes())?;
        let names: Vec<_> = measured.products.into_keys().collect();
        let said = format!("{}: recorded {}\n", path.display(), names.join(", "));
        to_stdout(said.as_bytes())?;
        Ok(true)
    }
}

impl Measured {
    fn read(&self) -> Result<(Policy, Variants)> {
        let policy = Policy::load(&self.policy)?;
        let mut measured = self.reports.read()?;
        if let Some(path) = &self.bench {
            measured
                .add_workloads(BenchVerdict::read(path)?.workloads)
                .map_err(|name| {
                    Error::Usage(format!(
                        "`{name}` of {} is not among the reports: give {name}=FILE",
                        path.display()
                    ))
                })?;
        }
        match measured
            .products
            .keys()
            .find(|name| !policy.has_variant(name))
        {
            Some(name) => Err(Error::Usage(format!(
                "there is no variant `{name}`: {} of {}",
                policy.known_variants(),
                self.policy.display()
            ))),
            None => Ok((policy, measured)),
        }
    }

    fn baseline(&self) -> PathBuf {
        Path::with_file_name(&self.policy, "baseline.json")
    }
}
