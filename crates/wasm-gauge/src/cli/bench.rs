use std::collections::BTreeSet;
use std::ffi::OsString;
use std::path::PathBuf;

use clap::Args;
use wasm_gauge::binary::Input;
use wasm_gauge::measure::Callgrind;
use wasm_gauge::measure::bench::instructions::Counter;
use wasm_gauge::measure::bench::{BenchPlan, Subject, Workload};
use wasm_gauge::policy::Policy;
use wasm_gauge::{Error, Result};

use super::guest::FuelOption;
use super::named::named;
use super::output::Output;
use super::{progress, repeat};

/// Run workloads on variants
///
/// A workload is a file of calls, as for `wasm-gauge call`. Calls with "setup": true come first: they
/// are made, but not measured. Each workload is run on a fresh instance of each variant; all variants
/// have to reply alike, but to calls with "varies": true. A call with "uncounted": true is left out of a traced build:
/// with one that stops the counting, the plain and the traced build can be one file.
///
/// The same each time, of each workload on each variant:
///   fuel            of the measured calls: most instructions cost one unit, and what bulk instructions
///                   copy costs nothing
///   pages           of 64 KiB in all linear memories after all calls, which is the most there were
///   peak live       the most bytes that were allocated and not returned at one time
///   waste           what the heap has beyond that, heap_bytes / peak_live_bytes - 1, rounded up
///   never returned  by how many more bytes are live after all calls than after the setup
///
/// The last three need --stats EXPORT, a function without arguments that returns JSON:
///   {"memory": {"heap_bytes": ...}}
/// and, from a traced build of the variant:
///   {"counters": {"peak_live_bytes": ..., "live_bytes": ..., "allocations": ..., "allocated_bytes": ...}}
/// JSON may hold more. heap_bytes is what the plain build has after all calls; all else the traced build
/// tells after the same calls.
///
/// With --instructions WORKLOAD, what Valgrind's callgrind counts of its measured calls: instructions of machine
/// code that is compiled before and uses what every machine of this architecture has, and of this program around each call.
/// What the operating system does for them, as clearing new pages, is not in it. Valgrind takes 50 times as
/// long as the calls. The count is that of 2N repetitions less that of N, divided by N, the larger the less
/// fuel they take: between runs it differs by less than 0.01 %.
///
/// Times are taken over rounds. In each round every variant runs every workload once, in an order that
/// changes with the round; instantiation and setup are not timed. A ratio to the reference is the median
/// of the ratios within rounds, with its 95 % interval from order statistics, for at least 6 rounds. It
/// is a tie where the interval contains 1.
///
/// The reference is that of --reference, or the policy's default variant, or the first.
///
/// Examples:
///   # what is the same each time, to be recorded by `wasm-gauge baseline update --bench`
///   $ wasm-gauge bench --no-time --format json -o bench.json --workload chat=chat.jsonl plain=plain.wasm
///
///   # with times, and what the allocator wastes
///   $ wasm-gauge bench --workload chat=chat.jsonl --stats alloc-stats --traced small=traced.wasm \
///       plain=plain.wasm small=small.wasm
///
///   # with instructions, which takes valgrind
///   $ wasm-gauge bench --no-time --workload chat=chat.jsonl --instructions chat plain=plain.wasm small=small.wasm
///
/// Exit status:
///   0  all variants reply alike
///   1  a variant replies otherwise, or a call trapped
///   2  wrong usage, or a policy that cannot be read
///   3  a binary or a file of calls is not what it should be, or they do not fit together
///   4  valgrind is missing or failed
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub struct Opts {
    /// A file of calls; may be repeated
    #[arg(long = "workload", value_name = "NAME=CALLS", value_parser = named, required = true)]
    workloads: Vec<(String, PathBuf)>,

    /// The export that tells of the heap
    #[arg(long, value_name = "EXPORT")]
    stats: Option<String>,

    /// A build of VARIANT that counts its allocations; may be repeated
    #[arg(long, value_name = "VARIANT=FILE", value_parser = named, requires = "stats")]
    traced: Vec<(String, PathBuf)>,

    /// How many times each workload is timed on each variant
    #[arg(long, value_name = "N", default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..))]
    rounds: u32,

    /// Take no times
    #[arg(long, conflicts_with = "rounds")]
    no_time: bool,

    /// Count the instructions of this workload; may be repeated
    #[arg(long, value_name = "WORKLOAD")]
    instructions: Vec<String>,

    /// The valgrind to use
    #[arg(long, value_name = "PATH", default_value = "valgrind")]
    valgrind: OsString,

    /// The variant that the others are compared with
    #[arg(long, value_name = "VARIANT")]
    reference: Option<String>,

    /// Policy file with the variants and the default variant
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,

    #[command(flatten)]
    fuel: FuelOption,

    #[command(flatten)]
    output: Output,

    /// Components, or core modules with a component-type section
    #[arg(value_name = "VARIANT=FILE", value_parser = named, required = true)]
    variants: Vec<(String, PathBuf)>,
}

impl Opts {
    /// Runs all workloads on all variants, and tells whether these reply alike.
    pub fn run(self) -> Result<bool> {
        let subjects = self.subjects()?;
        unique("the workload", &self.workloads)?;
        let callgrind = self.callgrind()?;
        let workloads = self.workloads.iter();
        let plan = BenchPlan {
            subjects,
            workloads: workloads
                .map(|(name, path)| Workload::read(name, path))
                .collect::<Result<_>>()?,
            stats: self.stats,
            instructions: callgrind.map(|callgrind| {
                let command = &repeat::command;
                (self.instructions, Counter { callgrind, command })
            }),
            rounds: if self.no_time { 0 } else { self.rounds },
            max_fuel: self.fuel.max_fuel,
        };
        let bench = progress::during("runs made", plan.runs(), |done| plan.run(done))?;
        self.output.write(&bench)?;
        Ok(bench.holds)
    }

    /// Valgrind, where instructions are to be counted.
    fn callgrind(&self) -> Result<Option<Callgrind>> {
        let known = |name: &&String| self.workloads.iter().any(|(known, _)| known == *name);
        if let Some(name) = self.instructions.iter().find(|name| !known(name)) {
            return Err(Error::usage(format!(
                "--instructions `{name}` is not among the workloads: give --workload {name}=CALLS"
            )));
        }
        let wanted = !self.instructions.is_empty();
        wanted
            .then(|| Callgrind::find(self.valgrind.clone()))
            .transpose()
    }

    /// All variants, the reference first.
    fn subjects(&self) -> Result<Vec<Subject>> {
        unique("the variant", &self.variants)?;
        unique("the traced build of", &self.traced)?;
        let names = || self.variants.iter().map(|(name, _)| name);
        let known = |name: &String, what: &str| match names().any(|known| known == name) {
            true => Ok(()),
            false => {
                let names: Vec<_> = names().map(|name| format!("`{name}`")).collect();
                Err(Error::usage(format!(
                    "{what} `{name}` is not among the variants: {}",
                    names.join(", ")
                )))
            }
        };
        for (name, _) in &self.traced {
            known(name, "--traced")?;
        }
        let policy = self.policy.as_deref().map(Policy::load).transpose()?;
        if let Some(policy) = &policy
            && let Some(name) = names().find(|name| !policy.has_variant(name))
        {
            return Err(Error::usage(format!(
                "there is no variant `{name}`: {}",
                policy.known_variants()
            )));
        }
        let default = policy.and_then(|policy| policy.default_variant);
        let reference = match (&self.reference, default) {
            (Some(name), _) => {
                known(name, "--reference")?;
                name.clone()
            }
            (None, Some(default)) => {
                known(default.get_ref(), "the default variant")?;
                default.into_inner()
            }
            (None, None) => self.variants[0].0.clone(),
        };
        let mut subjects = self
            .variants
            .iter()
            .map(|(name, path)| {
                let traced = self.traced.iter().find(|(traced, _)| traced == name);
                Ok(Subject {
                    name: name.clone(),
                    plain: Input::read(path)?,
                    traced: traced.map(|(_, path)| Input::read(path)).transpose()?,
                })
            })
            .collect::<Result<Vec<_>>>()?;
        // Stable: the others stay in the order given.
        subjects.sort_by_key(|subject| subject.name != reference);
        Ok(subjects)
    }
}

fn unique(what: &str, named: &[(String, PathBuf)]) -> Result<()> {
    let mut names = BTreeSet::new();
    match named.iter().find(|(name, _)| !names.insert(name)) {
        Some((name, _)) => Err(Error::usage(format!("{what} `{name}` is given twice"))),
        None => Ok(()),
    }
}
