use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use wasm_gauge::judge::compare_with_baseline;
use wasm_gauge::measure::bench::Bench;
use wasm_gauge::measure::{Startup, machine};
use wasm_gauge::policy::Policy;
use wasm_gauge::record::Missing;
use wasm_gauge::record::baseline::Baseline;
use wasm_gauge::record::costs::Costs;
use wasm_gauge::record::measurements::Variants;
use wasm_gauge::record::native::{Builds, NativeReport};
use wasm_gauge::{Error, Result};

use super::measured::MeasuredVariants;
use super::named::named;
use super::output::Output;
use super::sink::{self, To};

/// Hold measurements against the recorded ones, or record them
///
/// `baseline.json` lies next to the policy. It has a column for each backend that the measurements name, which
/// is where the tools come from. Other versions make other bytes: measurements are only compared with those
/// of the very same versions of the tools that the measurements name.
///
/// Measurements are what `wasm-gauge measure --format json` writes with a --tool NAME=VERSION for each
/// tool that decides the bytes, --unoptimized with the binary before wasm-opt, and --names with the twin
/// from which crates and functions are recorded. NAME is a variant of the policy, or one for
/// a target: plain/wasm32-wasip1.
#[derive(Subcommand)]
#[command(verbatim_doc_comment)]
pub enum Action {
    Check(Check),
    Update(Update),
    Costs(AddCosts),
}

/// Hold measurements against the budget and the recorded ones
///
/// Bytes and memory pages must not grow by more than the policy's tolerance:
///   [baseline]
///   tolerance = "0 B"
/// Bytes through gzip and brotli may differ in both directions by
///   compressed-tolerance = "0 %"
/// With --bench, neither must pages and waste of a workload grow at all, nor its fuel by more than:
///   [baseline]
///   fuel-tolerance = "0 %"
/// With --native, the bytes of programs must not grow either.
/// Where bytes or pages of a binary grew, the crates and functions that appeared or grew are listed, at most 10 each,
/// if the measurements and the record have names; they explain, and are not judged.
/// What became smaller without being recorded is a warning. So is a column of other versions of the tools:
/// nothing is compared with it. Where the backend has no column, the budget alone is held, and the result
/// says so.
///
/// Examples:
///   $ wasm-gauge baseline check --policy gauge.toml plain=plain.json
///   $ wasm-gauge baseline check --strict --policy gauge.toml plain=plain.json small=small.json
///
/// Exit status:
///   0  it holds
///   1  a limit is broken or a figure grew; with --strict also a warning
///   2  wrong usage, or a policy or baseline that cannot be read
///   3  measurements are not what they should be, or are of other tools than the others
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub struct Check {
    /// Warnings fail
    #[arg(long)]
    strict: bool,

    #[command(flatten)]
    measured: MeasuredFiles,

    #[command(flatten)]
    output: Output,
}

/// Record measurements as the baseline
///
/// Writes the column of the backend that the measurements name; other columns stay as they are, and so does what
/// `wasm-gauge baseline costs` added. Where the same tools made the column, other variants stay, too, and
/// the workloads of variants that --bench does not have.
///
/// Example:
///   $ wasm-gauge baseline update --policy gauge.toml plain=plain.json small=small.json
///
/// Exit status:
///   0  recorded
///   2  wrong usage, a policy or baseline that cannot be read, or a baseline that cannot be written
///   3  measurements are not what they should be, or are of other tools than the others
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub struct Update {
    #[command(flatten)]
    measured: MeasuredFiles,
}

/// Record what variants cost on this machine: instructions, times and start-up times
///
/// They are not the same on every machine, or not each time, so they are never judged: `wasm-gauge baseline
/// check` passes over them, and `wasm-gauge compare --recorded` shows them. They replace what the column of the
/// backend has of them. The machine is recorded with them, and as wasm_instantiation_ms the median of the
/// default variant's cold starts with Cranelift.
///
/// With --native what native programs cost, and with --builds how long builds take; either may be given alone.
///
/// The measurements tell which binaries the costs belong to: they have to be those that the column has.
///
/// Example:
///   $ wasm-gauge bench --format json -o bench.json --workload chat=chat.jsonl --instructions chat plain=plain.wasm
///   $ wasm-gauge startup --format json -o startup.json --calls calls.jsonl plain.opt.wasm
///   $ wasm-gauge baseline costs --policy gauge.toml --bench bench.json --startup plain=startup.json plain=plain.json
///
/// Exit status:
///   0  recorded
///   2  wrong usage, a policy or baseline that cannot be read, or a baseline that cannot be written, has no column
///      of these tools, or has other binaries
///   3  measurements or a result are not what they should be, or are of other tools than the others
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub struct AddCosts {
    /// Policy file; baseline.json lies next to it
    #[arg(long, value_name = "FILE")]
    policy: PathBuf,

    /// What workloads came to on the variants, as JSON of `wasm-gauge bench`
    #[arg(long, value_name = "FILE", required_unless_present_any = ["native", "builds"])]
    bench: Option<PathBuf>,

    /// How a variant starts, as JSON of `wasm-gauge startup`; may be repeated
    #[arg(long, value_name = "NAME=FILE", value_parser = named, requires = "bench")]
    startup: Vec<(String, PathBuf)>,

    /// What running native programs came to, as JSON of `wasm-gauge native --run`
    #[arg(long, value_name = "FILE")]
    native: Option<PathBuf>,

    /// How long builds take: a JSON object with `machine`, `before` and `builds`, as docs/schema/builds-file.json says
    #[arg(long, value_name = "FILE")]
    builds: Option<PathBuf>,

    /// The machine that this was measured on, instead of this one's processor and cores
    #[arg(long, value_name = "WORDS")]
    machine: Option<String>,

    /// Of which backend the column is, where no measurement says so
    #[arg(long, value_name = "NAME")]
    backend: Option<String>,

    /// Measurements of `wasm-gauge measure`, one for each variant
    #[arg(
        value_name = "NAME=FILE",
        value_parser = named,
        required_unless_present_any = ["native", "builds"]
    )]
    variants: Vec<(String, PathBuf)>,
}

/// What both need.
#[derive(Args)]
struct MeasuredFiles {
    /// Policy file; baseline.json lies next to it
    #[arg(long, value_name = "FILE")]
    policy: PathBuf,

    /// What workloads came to on the variants, as JSON of `wasm-gauge bench`
    #[arg(long, value_name = "FILE")]
    bench: Option<PathBuf>,

    /// Sizes of native programs, as JSON of `wasm-gauge native`
    #[arg(long, value_name = "FILE")]
    native: Option<PathBuf>,

    #[command(flatten)]
    variants: MeasuredVariants,
}

impl Action {
    /// Checks, updates or records, and tells whether it holds.
    pub fn run(self) -> Result<bool> {
        match self {
            Action::Check(check) => check.run(),
            Action::Update(update) => update.run(),
            Action::Costs(costs) => costs.run(),
        }
    }
}

impl Check {
    fn run(self) -> Result<bool> {
        let (policy, measured) = self.measured.read()?;
        let native = self.measured.native()?;
        let baseline = Baseline::load(&self.measured.baseline())?;
        let verdict =
            compare_with_baseline(&measured, native.as_ref(), &baseline, &policy, self.strict)
                .map_err(|unmeasured| {
                    Error::usage(format!("{unmeasured}: measure it into the same file"))
                })?;
        self.output.write(&verdict)?;
        Ok(verdict.holds)
    }
}

impl Update {
    fn run(self) -> Result<bool> {
        let (policy, measured) = self.measured.read()?;
        let path = self.measured.baseline();
        let mut baseline = Baseline::load(&path)?;
        let native = self.measured.native()?;
        baseline.update(&measured, native.as_ref(), &policy);
        let programs = native.into_iter().flat_map(|report| report.programs);
        let programs = programs.map(|program| program.name);
        let names: Vec<_> = measured.products.into_keys().chain(programs).collect();
        let said = format!("{}: recorded {}\n", path.display(), names.join(", "));
        sink::write(&[
            (To::Path(&path), baseline.text().as_bytes()),
            (To::Stdout, said.as_bytes()),
        ])?;
        Ok(true)
    }
}

impl AddCosts {
    fn run(self) -> Result<bool> {
        let policy = Policy::load(&self.policy)?;
        let measured = Variants::read(&self.variants)?;
        let path = Path::with_file_name(&self.policy, "baseline.json");
        let mut baseline = Baseline::load(&path)?;
        let add_first = |missing: Missing| {
            let hint = match missing {
                Missing::Runs => "measure them with `wasm-gauge native --run`",
                _ => "run `wasm-gauge baseline update` first",
            };
            Error::usage(format!("{}: {missing}: {hint}", path.display()))
        };
        let mut said = String::new();
        if let Some(bench) = &self.bench {
            let costs = self.variant_costs(Bench::read(bench)?, &measured)?;
            said = format!(" on {}", costs.machine);
            baseline
                .add_costs(costs, &measured, &policy)
                .map_err(add_first)?;
        }
        let native = self.native.as_deref().map(NativeReport::read).transpose()?;
        let builds = self.builds.as_deref().map(Builds::read).transpose()?;
        if native.is_some() || builds.is_some() {
            let backend = measured.backend.or(self.backend);
            baseline
                .add_native_costs(backend.as_deref(), native, builds)
                .map_err(add_first)?;
        }
        let said = format!("{}: recorded the costs{said}\n", path.display());
        sink::write(&[
            (To::Path(&path), baseline.text().as_bytes()),
            (To::Stdout, said.as_bytes()),
        ])?;
        Ok(true)
    }

    /// What variants cost by `bench` and by their start-up times.
    fn variant_costs(&self, bench: Bench, measured: &Variants) -> Result<Costs> {
        let startups = self.startup.iter();
        let startups = startups
            .map(|(name, path)| Ok((name.clone(), Startup::read(path)?)))
            .collect::<Result<Vec<_>>>()?;
        let machine = match &self.machine {
            Some(machine) => machine.clone(),
            None => machine::describe()
                .map_err(|fault| Error::system(format!("{fault}: give --machine WORDS")))?,
        };
        let started = startups.iter().map(|(name, _)| name);
        let mut names = bench.builds.keys().chain(started);
        if let Some(name) = names.find(|name| !measured.products.contains_key(*name)) {
            return Err(Error::usage(format!(
                "`{name}` is not among the measurements: give {name}=FILE"
            )));
        }
        let sha256 = |name: &str| measured.products[name].optimized.sha256.clone();
        Ok(Costs::of(machine, bench, startups, sha256))
    }
}

impl MeasuredFiles {
    fn read(&self) -> Result<(Policy, Variants)> {
        let policy = Policy::load(&self.policy)?;
        let bench = self.bench.as_deref();
        let measured = self.variants.read(&policy, &self.policy, bench)?;
        Ok((policy, measured))
    }

    fn native(&self) -> Result<Option<NativeReport>> {
        self.native
            .as_deref()
            .map(NativeReport::read_sizes)
            .transpose()
    }

    fn baseline(&self) -> PathBuf {
        Path::with_file_name(&self.policy, "baseline.json")
    }
}
