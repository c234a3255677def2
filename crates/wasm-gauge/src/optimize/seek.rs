//! Seeks the best of core modules: runs wasm-opt with list after list, and keeps what came out smallest.

use std::collections::BTreeMap;
use std::num::NonZero;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use wasmparser::Validator;

use super::goal::{Scale, ScaledSize};
use super::lists::{self, List};
use super::low_memory::{self, LowMemory};
use super::wasm_opt::{Made, WasmOpt};
use super::{Bytes, OptimizedModule, Plan, RecipeStep, Search, Tried, cache, interface};
use crate::binary::{
    Binary, Section, Unit, replace_core_modules, replace_core_modules_and_strip, target_features,
    without_custom_sections,
};
use crate::measure::Memory;
use crate::{Error, Result};

/// A core module of which the best is sought.
struct Job<'b, 'a> {
    unit: &'b Unit<'a>,
    features: target_features::ModuleFeatures,
    low_memory: LowMemory,
    before: ScaledSize,
    /// What was tried; the first error is kept for where everything fails.
    tried: Vec<Tried>,
    error: Option<Error>,
    best: Option<Attempt>,
}

/// What came of one list.
struct Attempt {
    options: List,
    size: ScaledSize,
    bytes: Vec<u8>,
    notes: Vec<String>,
}

/// Seeks the best of core modules.
pub(super) struct Seeker<'p> {
    pub(super) wasm_opt: &'p WasmOpt,
    pub(super) plan: &'p Plan,
    pub(super) scale: Scale,
    pub(super) done: &'p (dyn Fn() + Sync),
}

/// What came of a core module, and its bytes where they are others.
pub(super) struct Sought {
    pub(super) module: OptimizedModule,
    pub(super) bytes: Option<Vec<u8>>,
}

impl Seeker<'_> {
    /// The best of all core modules of `binary`; with `steps` of a recipe what they say. The first `done` of them
    /// stay as they are.
    pub(super) fn seek(
        &self,
        binary: &Binary,
        steps: Option<&[RecipeStep]>,
        done: usize,
    ) -> Result<Vec<Sought>> {
        let mut jobs = jobs(binary, &self.scale)?;
        for round in 0.. {
            let mut runs: Vec<(usize, List)> = Vec::new();
            for (index, job) in jobs.iter().enumerate().skip(done) {
                let lists = match (steps, &self.plan.search) {
                    (Some(steps), _) if round == 0 => job.listed(index, &steps[index])?,
                    (None, Search::Options(options)) if round == 0 => vec![options.clone()],
                    (None, Search::Effort(effort)) => job.untried(*effort, round),
                    _ => Vec::new(),
                };
                runs.extend(lists.into_iter().map(|list| (index, list)));
            }
            if runs.is_empty() {
                break;
            }
            let made = in_parallel(&runs, |(index, list)| {
                let made = self.attempt(binary, &jobs[*index], list);
                (self.done)();
                match made {
                    // What is in the way of all runs is in the way of this one.
                    Err(error) if !matches!(error, Error::Tool(_)) => Err(error),
                    made => Ok(made),
                }
            })?;
            for ((index, list), made) in runs.into_iter().zip(made) {
                jobs[index].add(list, made);
            }
        }
        jobs.into_iter().map(|job| job.finish(binary)).collect()
    }

    /// `binary` with what came of its core modules.
    pub(super) fn put_in(&self, binary: &Binary, sought: &[Sought]) -> Vec<u8> {
        let others: BTreeMap<u64, &Vec<u8>> = sought
            .iter()
            .filter_map(|sought| Some((sought.module.offset, sought.bytes.as_ref()?)))
            .collect();
        let replacement = |unit: &Unit, _: &[u8]| {
            let other = others.get(&(unit.range.start as u64));
            other.map(|bytes| (*bytes).clone())
        };
        match self.plan.search {
            Search::Options(_) => replace_core_modules(binary, replacement),
            _ => replace_core_modules_and_strip(binary, replacement),
        }
    }

    /// What comes of one list.
    fn attempt(&self, binary: &Binary, job: &Job, options: &List) -> Result<Attempt> {
        let wasm_opt = self.wasm_opt;
        let (unit, targets) = (job.unit, &job.features);
        let before = &binary.bytes()[unit.range.clone()];
        let features = targets
            .wasm_opt_options(wasm_opt.release())
            .map_err(|reason| wasm_opt.error(reason))?;
        let arguments = [&features, options.as_slice()].concat();
        let run = |module: &[u8]| {
            let Some(cache) = &self.plan.cache else {
                return wasm_opt.optimize(module, &arguments, unit.range.start);
            };
            let path = cache.path(wasm_opt.version(), module, &arguments);
            if let Some(made) = cache::read(&path) {
                return Ok(made);
            }
            let made = wasm_opt.optimize(module, &arguments, unit.range.start)?;
            cache::write(&path, &made)?;
            Ok(made)
        };
        let mut notes = Vec::new();
        let Made { bytes, said } = match run(before) {
            Ok(made) => made,
            Err(error) => {
                let (made, dropped) = without_malformed(binary, unit, run).ok_or(error)?;
                notes.push(format!(
                    "{dropped} was left out, since wasm-opt cannot read it"
                ));
                made
            }
        };
        let wrong = |reason: String| {
            wasm_opt.error(format!(
                "what it made of the core module at offset {} {reason}",
                unit.range.start
            ))
        };
        Validator::new_with_features(targets.flags())
            .validate_all(&bytes)
            .map_err(|error| {
                wrong(format!(
                    "is not valid with the features that the module has: {error}"
                ))
            })?;
        interface::check(before, &bytes).map_err(wrong)?;
        notes.extend(
            said.into_iter()
                .map(|line| format!("wasm-opt says: {line}")),
        );
        Ok(Attempt {
            options: options.clone(),
            size: self.scale.size(&bytes)?,
            bytes,
            notes,
        })
    }
}

/// The core modules of `binary`, before anything was tried.
fn jobs<'b, 'a>(binary: &'b Binary<'a>, scale: &Scale) -> Result<Vec<Job<'b, 'a>>> {
    let memory = Memory::measure("", binary).modules;
    let units = binary.core_modules().zip(memory);
    units
        .map(|(unit, memory)| {
            Ok(Job {
                unit,
                features: target_features::ModuleFeatures::measure(binary.bytes(), unit),
                low_memory: LowMemory::of(&memory),
                before: scale.size(&binary.bytes()[unit.range.clone()])?,
                tried: Vec::new(),
                error: None,
                best: None,
            })
        })
        .collect()
}

impl Job<'_, '_> {
    /// What `step` of a recipe says of this module, the one at `index`.
    fn listed(&self, index: usize, step: &RecipeStep) -> Result<Vec<List>> {
        let mut options = step.options.iter().flatten();
        if self.low_memory == LowMemory::Unknown
            && options.any(|option| option == low_memory::OPTION)
        {
            return Err(Error::usage(format!(
                "the recipe has {} for core module {index}, whose layout does not show it any more: make another recipe",
                low_memory::OPTION
            )));
        }
        Ok(step.options.iter().cloned().collect())
    }

    /// What is to be tried next at an effort. The result is empty when the search has ended.
    fn untried(&self, effort: u8, round: usize) -> Vec<List> {
        let lists = match &self.best {
            _ if round == 0 => lists::first(effort, self.low_memory),
            Some(best) => lists::near(&best.options, effort, round),
            None => {
                let tried = self.tried.iter().map(|tried| &tried.options);
                tried.filter_map(|list| lists::unflattened(list)).collect()
            }
        };
        let mut untried: Vec<List> = Vec::new();
        for list in lists {
            if !untried.contains(&list) && self.tried.iter().all(|tried| tried.options != list) {
                untried.push(list);
            }
        }
        untried
    }

    /// Adds what came of a list.
    fn add(&mut self, options: List, made: Result<Attempt>) {
        let (made, dropped) = match made {
            Ok(attempt) => {
                let bytes = Bytes::from(attempt.size);
                let best = self.best.as_ref().map(|best| best.size);
                if best.is_none_or(|best| attempt.size < best) {
                    self.best = Some(attempt);
                }
                (Some(bytes), None)
            }
            Err(error) => {
                let reason = error.line();
                self.error.get_or_insert(error);
                (None, Some(reason))
            }
        };
        self.tried.push(Tried {
            options,
            made,
            dropped,
        });
    }

    /// What came of the module, and its bytes where they are others.
    fn finish(self, binary: &Binary) -> Result<Sought> {
        let mut module = OptimizedModule {
            offset: self.unit.range.start as u64,
            before: self.before.into(),
            after: self.before.into(),
            low_memory: self.low_memory,
            options: None,
            tried: self.tried,
            notes: Vec::new(),
        };
        match (self.best, self.error) {
            (None, Some(error)) => Err(error),
            (None, None) => Ok(Sought {
                module,
                bytes: None,
            }),
            (Some(best), _) => {
                module.notes = best.notes;
                if best.size >= self.before {
                    return Ok(Sought {
                        module,
                        bytes: None,
                    });
                }
                let before = &binary.bytes()[self.unit.range.clone()];
                module.notes.extend(stale(before, self.unit, &best.bytes));
                module.after = best.size.into();
                module.options = Some(best.options);
                Ok(Sought {
                    module,
                    bytes: Some(best.bytes),
                })
            }
        }
    }
}

impl Sought {
    /// Leaves the module as it was.
    pub(super) fn keep(&mut self, reason: &str) {
        if self.bytes.take().is_some() {
            let module = &mut self.module;
            module.options = None;
            module.after = module.before;
            module.notes.push(format!("stays as it was: {reason}"));
        }
    }
}

pub(super) fn custom_sections<'u>(unit: &'u Unit) -> impl Iterator<Item = &'u Section<'u>> {
    unit.sections
        .iter()
        .filter(|section| section.id == Section::CUSTOM)
}

/// Whether wasm-opt reads a custom section of this name, and fails where it is malformed.
fn is_read(name: &str) -> bool {
    ["name", "target_features", "dylink", "dylink.0"].contains(&name)
        || name.starts_with("metadata.code.")
}

/// What wasm-opt makes of a module that it failed on, without a custom section that it reads, and which
/// one that is. Custom sections make no module invalid.
fn without_malformed(
    binary: &Binary,
    unit: &Unit,
    run: impl Fn(&[u8]) -> Result<Made>,
) -> Option<(Made, String)> {
    let names: Vec<&str> = custom_sections(unit)
        .map(|section| section.name)
        .filter(|name| is_read(name))
        .collect();
    let one = names.iter().map(|name| vec![*name]);
    let all = (names.len() > 1).then(|| names.clone());
    one.chain(all).find_map(|dropped| {
        let module = without_custom_sections(binary, unit, |name| dropped.contains(&name));
        let made = run(&module).ok()?;
        Some((made, format!("`{}`", dropped.join("`, `"))))
    })
}

/// Notes on custom sections that say something of the code by its addresses, and that `after` still has.
fn stale(before: &[u8], unit: &Unit, after: &[u8]) -> Vec<String> {
    let Ok(after_binary) = Binary::parse(after) else {
        return Vec::new();
    };
    let is_about_addresses = |name: &str| {
        ["sourceMappingURL", "external_debug_info"].contains(&name)
            || name.starts_with("metadata.code.")
    };
    custom_sections(unit)
        .filter(|section| is_about_addresses(section.name))
        .filter(|section| {
            let contents = |bytes: &[u8], section: &Section, start: usize| {
                bytes[section.contents.start - start..section.contents.end - start].to_vec()
            };
            let said = contents(before, section, unit.range.start);
            after_binary
                .core_modules()
                .flat_map(custom_sections)
                .any(|other| contents(after, other, 0) == said)
        })
        .map(|section| {
            format!(
                "`{}` is kept as it was: it tells of the code before, not of this",
                section.name
            )
        })
        .collect()
}

/// Does `work` on all `items`, on as many at once as there are processors; results are in the order
/// of the items. The first error in that order is the result when there is one.
fn in_parallel<T: Sync, R: Send>(
    items: &[T],
    work: impl Fn(&T) -> Result<R> + Sync,
) -> Result<Vec<R>> {
    let processors = thread::available_parallelism().map_or(1, NonZero::get);
    let next = AtomicUsize::new(0);
    let take = || {
        let index = next.fetch_add(1, Ordering::Relaxed);
        items.get(index).map(|item| (index, item))
    };
    let worker = || {
        let mut done = Vec::new();
        while let Some((index, item)) = take() {
            done.push((index, work(item)));
        }
        done
    };
    let mut done: Vec<(usize, Result<R>)> = thread::scope(|scope| {
        let workers: Vec<_> = (0..processors.min(items.len()))
            .map(|_| scope.spawn(worker))
            .collect();
        workers
            .into_iter()
            .flat_map(|worker| {
                worker
                    .join()
                    .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
            })
            .collect()
    });
    done.sort_by_key(|(index, _)| *index);
    done.into_iter().map(|(_, result)| result).collect()
}
