//! All workloads on all variants: what is the same each time, instructions and times.

use super::instructions::{Counter, Precompiled};
use super::{Bench, Runnable, VariantOutcome, Workload, WorkloadOutcome, compare_replies, time};
use crate::binary::Input;
use crate::engine::{Engine, Reply, Settings};
use crate::measure::size::sha256;
use crate::{Error, Result};

/// What is run on what.
pub struct BenchPlan<'a> {
    /// The variants, first the one that the others are compared with.
    pub subjects: Vec<Subject>,
    /// What is run on each of them.
    pub workloads: Vec<Workload>,
    /// The export that tells of the heap.
    pub stats: Option<String>,
    /// Of which workloads instructions are counted, and how.
    pub instructions: Option<(Vec<String>, Counter<'a>)>,
    /// How often each workload is timed on each variant.
    pub rounds: u32,
    /// The most fuel that one run may use where it is counted, which comes first.
    pub max_fuel: u64,
}

/// A variant with its traced build.
pub struct Subject {
    /// Its name.
    pub name: String,
    /// The build that is measured.
    pub plain: Input,
    /// The build that counts its allocations.
    pub traced: Option<Input>,
}

impl BenchPlan<'_> {
    /// How many runs it takes, each of one workload on one variant.
    pub fn runs(&self) -> usize {
        let counted = self
            .instructions
            .as_ref()
            .map_or(0, |(names, _)| names.len());
        ((1 + self.rounds as usize) * self.workloads.len() + counted) * self.subjects.len()
    }

    /// Makes the runs, and calls `done` after each. Where variants do not reply alike, it ends with what is the
    /// same each time: what they do does not compare.
    ///
    /// # Errors
    /// [`Error::Input`] and [`Error::Trap`] as [`Runnable::count`], and for a binary that cannot be run;
    /// [`Error::Tool`] where instructions cannot be counted.
    pub fn run(&self, done: &dyn Fn()) -> Result<Bench> {
        let mut bench = self.count(done)?;
        if bench.holds {
            self.count_instructions(&mut bench.workloads, done)?;
        }
        if bench.holds && self.rounds > 0 {
            let engine = engine(Settings::default())?;
            let variants = self
                .subjects
                .iter()
                .map(|subject| self.compile(&engine, subject.name.clone(), &subject.plain))
                .collect::<Result<Vec<_>>>()?;
            let times = time(&variants, &self.workloads, self.rounds, done)?;
            let rows = bench.workloads.iter_mut();
            let rows = rows.flat_map(|outcome| &mut outcome.variants);
            for (row, times) in rows.zip(times.into_iter().flatten()) {
                row.times = Some(times);
            }
        }
        Ok(bench)
    }

    /// What is the same each time, and whether all variants reply alike.
    fn count(&self, done: &dyn Fn()) -> Result<Bench> {
        let engine = engine(Settings {
            counts_fuel: true,
            ..Settings::default()
        })?;
        let variants = self
            .subjects
            .iter()
            .map(|subject| {
                let traced = subject.traced.as_ref().map(|input| {
                    let name = format!("{} (traced)", subject.name);
                    self.compile(&engine, name, input)
                });
                let plain = self.compile(&engine, subject.name.clone(), &subject.plain)?;
                Ok((plain, traced.transpose()?))
            })
            .collect::<Result<Vec<_>>>()?;
        let reference = &self.subjects[0].name;
        let stats = self.stats.as_deref();
        let mut differences = Vec::new();
        let mut outcomes = Vec::new();
        for workload in &self.workloads {
            let mut expected: Option<Vec<Reply>> = None;
            let mut compare = |variant: &Runnable, replies: Vec<Reply>| match &expected {
                Some(expected) => differences.extend(compare_replies(
                    workload,
                    expected,
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
                rows.push(VariantOutcome {
                    variant: plain.name.clone(),
                    figures,
                    instructions: None,
                    times: None,
                });
                done();
            }
            outcomes.push(WorkloadOutcome {
                workload: workload.name.clone(),
                setup_calls: workload.setup_calls as u64,
                calls: (workload.calls.len() - workload.setup_calls) as u64,
                variants: rows,
            });
        }
        Ok(Bench {
            reference: reference.clone(),
            holds: differences.is_empty(),
            builds: self
                .subjects
                .iter()
                .map(|subject| (subject.name.clone(), sha256(subject.plain.bytes())))
                .collect(),
            workloads: outcomes,
            differences,
        })
    }

    /// Adds the instructions to those of `outcomes` where they are to be counted.
    fn count_instructions(&self, outcomes: &mut [WorkloadOutcome], done: &dyn Fn()) -> Result<()> {
        let Some((names, counter)) = &self.instructions else {
            return Ok(());
        };
        for (index, subject) in self.subjects.iter().enumerate() {
            let precompiled = Precompiled::of(&subject.plain)?;
            for (outcome, workload) in outcomes.iter_mut().zip(&self.workloads) {
                if names.contains(&workload.name) {
                    // As often on all variants.
                    let fuel = outcome.variants[0].figures.fuel;
                    let counted = counter.count(&precompiled, workload, fuel)?;
                    outcome.variants[index].instructions = Some(counted);
                    done();
                }
            }
        }
        Ok(())
    }

    fn compile(&self, engine: &Engine, name: String, input: &Input) -> Result<Runnable> {
        let program = engine.compile(&input.parse()?);
        Ok(Runnable {
            name,
            program: program.map_err(|fault| input.error(fault))?,
            max_fuel: self.max_fuel,
        })
    }
}

fn engine(settings: Settings) -> Result<Engine> {
    Engine::new(settings).map_err(Error::System)
}
