//! Workloads, run on variants: what is the same each time, and times.

pub mod instructions;
mod replies;
mod run;

use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::slice;
use std::time::Instant;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::engine::calls::{self, Call};
use crate::engine::{Grants, Guest, Program, Reply};
use crate::measure::memory::PAGE_BYTES;
use crate::measure::statistics::{median_interval, percentile};
use crate::{Error, Fault, Result};

use replies::compare_replies;
pub use replies::{Bench, ReplyDifference};
pub use run::{BenchPlan, Subject};

/// Calls to be made on a fresh instance.
#[derive(Debug)]
pub struct Workload {
    /// Its name.
    pub name: String,
    /// The file of its calls.
    pub path: PathBuf,
    /// The calls with their places, those of the setup first.
    pub calls: Vec<(String, Call)>,
    /// How many of them are setup, which is not measured.
    pub setup_calls: usize,
}

impl Workload {
    /// Reads the calls of the workload `name`.
    ///
    /// # Errors
    /// Those of [`calls::read`], and [`Error::Input`] where a setup call comes after a measured one
    /// or where there is no measured one.
    pub fn read(name: &str, path: &Path) -> Result<Self> {
        let calls = calls::read(path)?;
        let setup_calls = calls.iter().take_while(|(_, call)| call.setup).count();
        if let Some((place, _)) = calls[setup_calls..].iter().find(|(_, call)| call.setup) {
            let fault = Fault::from("is setup, but stands behind calls that are not");
            return Err(Error::Input(fault.at(place)));
        }
        if setup_calls == calls.len() {
            let reason = "holds only setup calls: there is nothing to measure";
            return Err(Error::input(path, reason));
        }
        Ok(Workload {
            name: name.to_owned(),
            path: path.to_owned(),
            calls,
            setup_calls,
        })
    }

    pub(super) fn setup(&self) -> &[(String, Call)] {
        &self.calls[..self.setup_calls]
    }

    pub(super) fn measured(&self) -> &[(String, Call)] {
        &self.calls[self.setup_calls..]
    }
}

/// What one workload came to.
#[derive(Debug, Deserialize, Serialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WorkloadOutcome {
    /// The workload's name.
    pub workload: String,
    /// How many calls were made before the measured ones.
    pub setup_calls: u64,
    /// How many calls were measured.
    pub calls: u64,
    /// What it came to on each variant, the reference first.
    pub variants: Vec<VariantOutcome>,
}

impl WorkloadOutcome {
    /// What it came to on `variant`.
    pub fn on(&self, variant: &str) -> Option<&VariantOutcome> {
        self.variants.iter().find(|row| row.variant == variant)
    }
}

/// What one workload came to on one variant.
#[derive(Debug, Deserialize, Serialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct VariantOutcome {
    /// The variant's name.
    pub variant: String,
    /// What is the same each time.
    pub figures: Figures,
    /// Instructions of the measured calls, where they were counted: those of machine code for this architecture and of the
    /// host's side of each call, without the operating system's.
    pub instructions: Option<u64>,
    /// How long it took, where that was measured.
    pub times: Option<Times>,
}

/// What is the same each time that a workload is run on a variant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Figures {
    /// Fuel of the measured calls, in wasmtime's units: most instructions cost one, and what bulk
    /// instructions copy costs nothing.
    pub fuel: u64,
    /// Pages (64 KiB) of all linear memories together after all calls, which is the most they had.
    pub pages: u64,
    /// Bytes of the heap after all calls, where the guest tells.
    pub heap_bytes: Option<u64>,
    /// The most bytes that were allocated and not returned at one time, where there is a traced build.
    pub peak_live_bytes: Option<u64>,
    /// What the heap has beyond the peak, `heap_bytes / peak_live_bytes - 1`, in basis points (hundredths
    /// of a percent), rounded up; none where nothing was ever allocated.
    pub waste_basis_points: Option<u64>,
    /// By how many more bytes are live after all calls than after the setup, where there is a traced
    /// build.
    pub unreturned_bytes: Option<i64>,
    /// Allocations, where there is a traced build.
    pub allocations: Option<u64>,
    /// Bytes of all allocations, where there is a traced build.
    pub allocated_bytes: Option<u64>,
}

/// How long the measured calls of a workload took, over all rounds.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Times {
    /// How many rounds there were.
    pub rounds: u64,
    /// Median, in nanoseconds.
    pub p50_ns: u64,
    /// 95th percentile, in nanoseconds.
    pub p95_ns: u64,
    /// How long they took compared with the reference variant; none for the reference itself and for
    /// fewer than 6 rounds.
    pub ratio: Option<Ratio>,
}

/// Times over those of the reference variant in the same rounds, to the millionth.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Ratio {
    /// Median over all rounds.
    pub median: f64,
    /// Where its 95 % interval begins.
    pub low: f64,
    /// Where its 95 % interval ends.
    pub high: f64,
    /// Whether the interval contains 1: neither is known to be faster.
    pub tie: bool,
}

/// What a guest tells of its memory, in JSON that may hold more.
#[derive(Deserialize)]
struct Heap {
    memory: HeapMemory,
}

#[derive(Deserialize)]
struct HeapMemory {
    heap_bytes: u64,
}

/// What a guest that counts its allocations tells of them, in JSON that may hold more.
#[derive(Deserialize)]
struct Traced {
    counters: Counters,
}

#[derive(Deserialize)]
struct Counters {
    peak_live_bytes: u64,
    live_bytes: u64,
    allocations: u64,
    allocated_bytes: u64,
}

/// A variant to be run.
pub struct Runnable {
    /// Its name.
    pub name: String,
    /// It, compiled.
    pub program: Program,
    /// The most that an instance of it may run, where the engine counts.
    pub max_fuel: u64,
}

impl Runnable {
    /// Runs `workload` once. Gives the figures, and the replies of all calls; the export `stats`
    /// tells of the heap.
    ///
    /// # Errors
    /// [`Error::Trap`] where a call does not come back, [`Error::Input`] where one cannot be made, or
    /// where `stats` does not tell what it has to.
    ///
    /// # Panics
    /// When the variant's engine does not count fuel.
    pub fn count(&self, workload: &Workload, stats: Option<&str>) -> Result<(Figures, Vec<Reply>)> {
        let mut guest = self.instantiate()?;
        let fuel = |guest: &dyn Guest| guest.fuel().expect("the engine counts fuel");
        let mut replies = self.make(&mut *guest, workload.setup())?;
        let before = fuel(&*guest);
        replies.extend(self.make(&mut *guest, workload.measured())?);
        let (fuel, memory) = (fuel(&*guest) - before, guest.memory_bytes());
        let heap_bytes = match stats {
            Some(export) => {
                let heap = self.stats::<Heap>(&mut *guest, export)?.memory.heap_bytes;
                // Telling it may have made more memory.
                let all = guest.memory_bytes();
                if heap > all {
                    return Err(self.wrong(format!(
                        "`{export}` tells of a heap of {heap} bytes, but all linear memories have {all}"
                    )));
                }
                Some(heap)
            }
            None => None,
        };
        let figures = Figures {
            fuel,
            pages: memory.div_ceil(PAGE_BYTES),
            heap_bytes,
            peak_live_bytes: None,
            waste_basis_points: None,
            unreturned_bytes: None,
            allocations: None,
            allocated_bytes: None,
        };
        Ok((figures, replies))
    }

    /// Runs `workload` on this traced build of a variant and adds to the variant's `figures` what
    /// the export `stats` tells of its allocations. Gives the replies of all calls.
    ///
    /// # Errors
    /// Those of [`Runnable::count`], and [`Error::Input`] where more is live than the heap has.
    pub fn trace(
        &self,
        workload: &Workload,
        stats: &str,
        figures: &mut Figures,
    ) -> Result<Vec<Reply>> {
        // An instance of its own: what `stats` allocates here is in no other figure.
        let mut guest = self.instantiate()?;
        self.make_counted(&mut *guest, workload.setup())?;
        let before = self.stats::<Traced>(&mut *guest, stats)?.counters;

        let mut guest = self.instantiate()?;
        let replies = self.make_counted(&mut *guest, &workload.calls)?;
        let after = self.stats::<Traced>(&mut *guest, stats)?.counters;

        let peak = after.peak_live_bytes;
        if after.live_bytes > peak {
            return Err(self.wrong(format!(
                "`{stats}` tells of {} live bytes, but of {peak} at their peak",
                after.live_bytes
            )));
        }
        figures.waste_basis_points = match figures.heap_bytes {
            Some(heap) if heap < peak => {
                return Err(self.wrong(format!(
                    "`{stats}` tells of {peak} live bytes, but the heap without tracing is {heap} bytes"
                )));
            }
            Some(heap) => waste(heap, peak),
            None => None,
        };
        figures.peak_live_bytes = Some(peak);
        figures.unreturned_bytes = after.live_bytes.checked_signed_diff(before.live_bytes);
        figures.allocations = Some(after.allocations);
        figures.allocated_bytes = Some(after.allocated_bytes);
        Ok(replies)
    }

    /// How long the measured calls of `workload` take on a fresh instance, in nanoseconds.
    fn time(&self, workload: &Workload) -> Result<u64> {
        let mut guest = self.instantiate()?;
        self.make(&mut *guest, workload.setup())?;
        let start = Instant::now();
        for (place, call) in workload.measured() {
            black_box(call.make(&mut *guest, place)).map_err(|error| error.of(&self.name))?;
        }
        Ok(u64::try_from(start.elapsed().as_nanos()).unwrap_or(u64::MAX))
    }

    pub(super) fn instantiate(&self) -> Result<Box<dyn Guest>> {
        let grants = Grants {
            max_fuel: self.max_fuel,
            ..Grants::default()
        };
        let instance = self.program.instantiate(&grants);
        instance.map_err(|fault| self.wrong(fault))
    }

    pub(super) fn make(
        &self,
        guest: &mut dyn Guest,
        calls: &[(String, Call)],
    ) -> Result<Vec<Reply>> {
        calls
            .iter()
            .map(|(place, call)| {
                call.make(guest, place)
                    .map_err(|error| error.of(&self.name))
            })
            .collect()
    }

    /// The same, but for calls that are left out where allocations are counted: their replies are empty.
    fn make_counted(&self, guest: &mut dyn Guest, calls: &[(String, Call)]) -> Result<Vec<Reply>> {
        let reply = |call: &(String, Call)| match call.1.uncounted {
            true => Ok(Reply::Ok(Value::Null)),
            false => Ok(self.make(guest, slice::from_ref(call))?.remove(0)),
        };
        calls.iter().map(reply).collect()
    }

    fn stats<T: DeserializeOwned>(&self, guest: &mut dyn Guest, export: &str) -> Result<T> {
        let call = Call {
            call: export.to_owned(),
            args: Vec::new(),
            setup: false,
            varies: true,
            uncounted: false,
            answer: None,
        };
        let told = match call.make(guest, &self.name)? {
            Reply::Value(Value::String(text)) | Reply::Ok(Value::String(text)) => text,
            reply => return Err(self.wrong(format!("`{export}` replied {reply:?}, not JSON"))),
        };
        serde_json::from_str(&told)
            .map_err(|error| self.wrong(format!("`{export}` does not tell of the heap: {error}")))
    }

    fn wrong(&self, reason: impl Into<Fault>) -> Error {
        Error::Input(reason.into().at(&self.name))
    }
}

/// `heap / peak - 1` in basis points, rounded up: what is over a limit never looks as if it held.
fn waste(heap: u64, peak: u64) -> Option<u64> {
    let wasted = u128::from(heap - peak) * 10_000;
    let points = (peak > 0).then(|| wasted.div_ceil(u128::from(peak)))?;
    u64::try_from(points).ok()
}

/// Times of all `workloads` on all `variants`, by workload and variant: in each round, every variant
/// runs every workload once. Calls `done` after each run.
///
/// Rounds begin with another variant each: what drifts while they last is spread over all variants.
/// The first variant is the reference of the ratios, which are taken within rounds.
///
/// # Errors
/// Those of [`Runnable::count`].
fn time(
    variants: &[Runnable],
    workloads: &[Workload],
    rounds: u32,
    done: &dyn Fn(),
) -> Result<Vec<Vec<Times>>> {
    let mut ns = vec![vec![Vec::new(); variants.len()]; workloads.len()];
    for round in 0..rounds as usize {
        for (workload, ns) in workloads.iter().zip(&mut ns) {
            for turn in 0..variants.len() {
                let index = (round + turn) % variants.len();
                ns[index].push(variants[index].time(workload)?);
                done();
            }
        }
    }
    let times = ns.into_iter().map(|ns| {
        let reference = &ns[0];
        let times = ns
            .iter()
            .enumerate()
            .map(|(index, own)| Times::of(own, (index > 0).then_some(reference)));
        times.collect()
    });
    Ok(times.collect())
}

impl Times {
    fn of(ns: &[u64], reference: Option<&Vec<u64>>) -> Self {
        let mut sorted = ns.to_vec();
        sorted.sort_unstable();
        let ratios = reference.map(|reference| {
            let pairs = ns.iter().zip(reference);
            // No clock is so coarse that calls take no time, but dividing by 0 would make no sense.
            pairs
                .map(|(own, other)| *own as f64 / (*other).max(1) as f64)
                .collect()
        });
        Times {
            rounds: ns.len() as u64,
            p50_ns: percentile(&sorted, 50),
            p95_ns: percentile(&sorted, 95),
            ratio: ratios.and_then(Ratio::of),
        }
    }
}

impl Ratio {
    fn of(mut ratios: Vec<f64>) -> Option<Self> {
        let (median, low, high) = median_interval(&mut ratios)?;
        // To the millionth: such a number is read from JSON as it was written.
        let [median, low, high] = [median, low, high].map(|ratio| (ratio * 1e6).round() / 1e6);
        Some(Ratio {
            median,
            low,
            high,
            tie: (low..=high).contains(&1.0),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waste_is_what_the_heap_has_beyond_the_peak() {
        for (heap, peak, points) in [
            (125, 100, Some(2_500)),
            (100, 100, Some(0)),
            (30_001, 30_000, Some(1)),
            (65_536, 0, None),
            (u64::MAX, 1, None),
        ] {
            assert_eq!(waste(heap, peak), points, "{heap} {peak}");
        }
    }

    #[test]
    fn ratios_are_within_rounds_and_ties_are_told() {
        // The machine becomes slower: within each round the second variant takes twice as long.
        let reference: Vec<u64> = (1..=10).map(|round| round * 100).collect();
        let twice: Vec<u64> = reference.iter().map(|ns| ns * 2).collect();
        let times = Times::of(&twice, Some(&reference));
        assert_eq!(
            (times.rounds, times.p50_ns, times.p95_ns),
            (10, 1_000, 2_000)
        );
        let ratio = |median, low, high, tie| {
            Some(Ratio {
                median,
                low,
                high,
                tie,
            })
        };
        assert_eq!(times.ratio, ratio(2.0, 2.0, 2.0, false));

        let around = [90, 220, 270, 440, 450, 660];
        let times = Times::of(&around, Some(&reference));
        assert_eq!(times.ratio, ratio(1.0, 0.9, 1.1, true));
        let third = Times::of(&[1; 6], Some(&vec![3; 6])).ratio;
        assert_eq!(third, ratio(0.333_333, 0.333_333, 0.333_333, false));
        assert_eq!(Times::of(&around[..5], Some(&reference)).ratio, None);
        assert_eq!(Times::of(&around, None).ratio, None);
    }
}
