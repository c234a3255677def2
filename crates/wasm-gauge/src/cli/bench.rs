use std::collections::BTreeSet;
use std::env;
use std::ffi::OsString;
use std::path::PathBuf;

use clap::Args;
use wasm_gauge::binary::Input;
use wasm_gauge::engine::{Engine, Reply, Settings};
use wasm_gauge::measure::bench::instructions::{Callgrind, Precompiled};
use wasm_gauge::measure::bench::{
    self, BenchVerdict, Outcome, Row, Variant, Workload, compare_replies,
};
use wasm_gauge::policy::Policy;
use wasm_gauge::{Error, Result};

use super::named::named;
use super::output::Output;
use super::progress;

/// Run workloads on variants
///
/// A workload is a file of calls, as for `wasm-gauge call`. Calls with "setup": true come first: they
/// are made, but not measured. Each workload is run on a fresh instance of each variant; all variants
/// have to reply alike, but to calls with "varies": true.
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
/// code that is compiled before and uses what every x86-64 machine has, and of this program around each call.
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
    output: Output,

    /// Components, or core modules with a component-type section
    #[arg(value_name = "VARIANT=FILE", value_parser = named, required = true)]
    variants: Vec<(String, PathBuf)>,
}

/// A variant with its traced build.
struct Subject {
    name: String,
    path: PathBuf,
    plain: Input,
    traced: Option<Input>,
}

impl Opts {
    /// Runs all workloads on all variants, and tells whether these reply alike.
    pub fn run(self) -> Result<bool> {
        let subjects = self.subjects()?;
        unique("the workload", &self.workloads)?;
        let callgrind = self.callgrind()?;
        let workloads = self
            .workloads
            .iter()
            .map(|(name, path)| Workload::read(name, path))
            .collect::<Result<Vec<_>>>()?;
        let rounds = if self.no_time { 0 } else { self.rounds };
        let runs =
            ((1 + rounds as usize) * workloads.len() + self.instructions.len()) * subjects.len();
        let verdict = progress::during("runs made", runs, |done| {
            let mut verdict = self.count(&subjects, &workloads, done)?;
            if let Some(callgrind) = callgrind.filter(|_| verdict.holds) {
                self.count_instructions(&callgrind, &subjects, &mut verdict.workloads, done)?;
            }
            if verdict.holds && rounds > 0 {
                let engine = engine(Settings::default())?;
                let variants = subjects
                    .iter()
                    .map(|subject| compile(&engine, subject.name.clone(), &subject.plain))
                    .collect::<Result<Vec<_>>>()?;
                let times = bench::time(&variants, &workloads, rounds, done)?;
                let rows = verdict
                    .workloads
                    .iter_mut()
                    .map(|outcome| &mut outcome.variants);
                for (row, times) in rows.flatten().zip(times.into_iter().flatten()) {
                    row.times = Some(times);
                }
            }
            Ok(verdict)
        })?;
        self.output.write(&verdict)?;
        Ok(verdict.holds)
    }

    /// Valgrind, where instructions are to be counted.
    fn callgrind(&self) -> Result<Option<Callgrind>> {
        let known = |name: &&String| self.workloads.iter().any(|(known, _)| known == *name);
        if let Some(name) = self.instructions.iter().find(|name| !known(name)) {
            return Err(Error::Usage(format!(
                "--instructions `{name}` is not among the workloads: give --workload {name}=CALLS"
            )));
        }
        let wanted = !self.instructions.is_empty();
        wanted
            .then(|| Callgrind::find(self.valgrind.clone()))
            .transpose()
    }

    /// Adds the instructions to those of `outcomes` where they are to be counted.
    fn count_instructions(
        &self,
        callgrind: &Callgrind,
        subjects: &[Subject],
        outcomes: &mut [Outcome],
        done: &dyn Fn(),
    ) -> Result<()> {
        let gauge = env::current_exe()
            .map_err(|error| Error::Usage(format!("cannot start this program again: {error}")))?;
        for (index, subject) in subjects.iter().enumerate() {
            let precompiled = Precompiled::of(&subject.path)?;
            for (outcome, (name, calls)) in outcomes.iter_mut().zip(&self.workloads) {
                if self.instructions.contains(name) {
                    // As often on all variants.
                    let fuel = outcome.variants[0].figures.fuel;
                    let counted = callgrind.count(&gauge, &precompiled, calls, fuel)?;
                    outcome.variants[index].instructions = Some(counted);
                    done();
                }
            }
        }
        Ok(())
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
                Err(Error::Usage(format!(
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
            return Err(Error::Usage(format!(
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
                    path: path.clone(),
                    plain: Input::read(path)?,
                    traced: traced.map(|(_, path)| Input::read(path)).transpose()?,
                })
            })
            .collect::<Result<Vec<_>>>()?;
        // Stable: the others stay in the order given.
        subjects.sort_by_key(|subject| subject.name != reference);
        Ok(subjects)
    }

    /// What is the same each time, and whether all variants reply alike.
    fn count(
        &self,
        subjects: &[Subject],
        workloads: &[Workload],
        done: &dyn Fn(),
    ) -> Result<BenchVerdict> {
        let engine = engine(Settings {
            counts_fuel: true,
            ..Settings::default()
        })?;
        let variants = subjects
            .iter()
            .map(|subject| {
                let traced = subject.traced.as_ref().map(|input| {
                    let name = format!("{} (traced)", subject.name);
                    compile(&engine, name, input)
                });
                let plain = compile(&engine, subject.name.clone(), &subject.plain)?;
                Ok((plain, traced.transpose()?))
            })
            .collect::<Result<Vec<_>>>()?;
        let stats = self.stats.as_deref();
        let mut differences = Vec::new();
        let mut outcomes = Vec::new();
        for workload in workloads {
            let mut expected: Option<Vec<Reply>> = None;
            let mut compare = |variant: &Variant, replies: Vec<Reply>| match &expected {
                Some(expected) => differences.extend(compare_replies(
                    workload,
                    (&subjects[0].name, expected),
                    (&variant.name, &replies),
                )),
                None => expected = Some(replies),
            };
            let mut rows = Vec::new();
            for (plain, traced) in &variants {
                let (mut figures, replies) = plain.count(workload, stats)?;
                compare(plain, replies);
                if let (Some(traced), Some(stats)) = (traced, stats) {
                    compare(traced, traced.trace(workload, stats, &mut figures)?);
                }
                rows.push(Row {
                    variant: plain.name.clone(),
                    figures,
                    instructions: None,
                    times: None,
                });
                done();
            }
            outcomes.push(Outcome {
                workload: workload.name.clone(),
                setup_calls: workload.setup_calls as u64,
                calls: (workload.calls.len() - workload.setup_calls) as u64,
                variants: rows,
            });
        }
        Ok(BenchVerdict {
            reference: subjects[0].name.clone(),
            holds: differences.is_empty(),
            workloads: outcomes,
            differences,
        })
    }
}

fn engine(settings: Settings) -> Result<Engine> {
    Engine::new(settings).map_err(Error::Usage)
}

fn compile(engine: &Engine, name: String, input: &Input) -> Result<Variant> {
    let program = engine.compile(&input.parse()?);
    Ok(Variant {
        name,
        program: program.map_err(|reason| input.error(reason))?,
    })
}

fn unique(what: &str, named: &[(String, PathBuf)]) -> Result<()> {
    let mut names = BTreeSet::new();
    match named.iter().find(|(name, _)| !names.insert(name)) {
        Some((name, _)) => Err(Error::Usage(format!("{what} `{name}` is given twice"))),
        None => Ok(()),
    }
}
