//! Makes binaries smaller: core modules through wasm-opt, and of each the best that was tried.

mod around;
mod cache;
mod goal;
mod interface;
mod lists;
mod low_memory;
mod recipe;
mod wasm_opt;
mod wiring;

use std::collections::BTreeMap;
use std::num::NonZero;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use serde::Serialize;

use wasmparser::Validator;

use crate::binary::{
    Binary, Input, Section, Unit, replace_core_modules, replace_core_modules_and_strip,
    target_features, without_custom_sections,
};
use crate::measure::{Memory, sha256};
use crate::{Error, Result};

pub use crate::binary::target_features::LEAST_WASM_OPT;
use around::Around;
pub use cache::Cache;
pub use goal::Goal;
use goal::{Scale, Size};
use lists::List;
pub use lists::STRIPS;
pub use low_memory::LowMemory;
pub use recipe::{Recipe, Step};
use wasm_opt::Made;
pub use wasm_opt::WasmOpt;

/// What is to be done to a file.
#[derive(Debug)]
pub struct Plan {
    /// What it is to be small by.
    pub goal: Goal,
    /// What wasm-opt is asked for.
    pub search: Search,
    /// Where what it makes is kept and found.
    pub cache: Option<Cache>,
}

/// What wasm-opt is asked for, for each core module.
#[derive(Debug)]
pub enum Search {
    /// One list of passes at 1, a handful at 2, and lists near the best of them at 3.
    Effort(u8),
    /// These options, besides those for features.
    Options(Vec<String>),
    /// What won before.
    Recipe(Recipe),
}

impl Plan {
    /// The most runs of wasm-opt that a binary with so many core modules takes.
    pub fn runs(&self, core_modules: usize) -> usize {
        core_modules
            * match self.search {
                Search::Effort(effort) => lists::most(effort),
                Search::Options(_) | Search::Recipe(_) => 1,
            }
    }
}

/// What came of optimising one file.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct Optimized {
    /// The file's name without its folders.
    pub file: String,
    /// The version of wasm-opt.
    pub wasm_opt: String,
    /// What the file was to be small by.
    pub goal: Goal,
    /// In the order of the file.
    pub modules: Vec<OptimizedModule>,
    /// What came of encoding the component anew around its first core module; none where it was not, or where
    /// that was not smaller.
    pub around: Option<EncodedAround>,
    /// The whole file before.
    pub before: Bytes,
    /// The whole file after.
    pub after: Bytes,
}

/// A component that was encoded anew around its first core module.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct EncodedAround {
    /// Its core modules, the first one as it is in the file's, with offsets in what was encoded.
    pub modules: Vec<OptimizedModule>,
    /// What the component imported, and nothing in it used any more.
    pub dropped_imports: Vec<String>,
}

/// What came of optimising one core module.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct OptimizedModule {
    /// Where it began in the file before, in bytes.
    pub offset: u64,
    /// The module before.
    pub before: Bytes,
    /// The module after.
    pub after: Bytes,
    /// What its layout says of the first 1,024 bytes of its memory, which decides about `--low-memory-unused`.
    pub low_memory: LowMemory,
    /// The options of wasm-opt that it was made with, besides those for features; none where it stays as it was.
    pub options: Option<Vec<String>>,
    /// All that was tried, in this order.
    pub tried: Vec<Tried>,
    /// What wasm-opt said of it, and what else has to be known of the result.
    pub notes: Vec<String>,
}

/// A list of options that was tried.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct Tried {
    /// The options.
    pub options: Vec<String>,
    /// What came of them; none where that was dropped.
    pub made: Option<Bytes>,
    /// Why what came of them was dropped.
    pub dropped: Option<String>,
}

/// A size in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Bytes {
    /// As they are.
    pub raw: u64,
    /// Through what the file was to be small by; the same where that is nothing.
    pub shipped: u64,
}

impl From<Size> for Bytes {
    fn from((shipped, raw): Size) -> Self {
        Bytes { raw, shipped }
    }
}

/// A core module of which the best is sought.
struct Job<'b, 'a> {
    unit: &'b Unit<'a>,
    features: target_features::ModuleFeatures,
    low_memory: LowMemory,
    before: Size,
    /// What was tried; the first error is kept for where everything fails.
    tried: Vec<Tried>,
    error: Option<Error>,
    best: Option<Candidate>,
}

/// What came of one list.
struct Candidate {
    options: List,
    size: Size,
    bytes: Vec<u8>,
    notes: Vec<String>,
}

/// Optimises all core modules of `binary`, which `input` holds, several at once. A component that wit-component made
/// of its first core module and its world is made again of what came of that module, if that is smaller. Everything
/// else in it stays, but for the names and the provenance of components where the lists are ours, and so does a module
/// of which nothing smaller was made; the whole file stays where it would be larger.
///
/// What is not valid, uses other features, has other imports or exports is dropped, and told. `done` is
/// called after each run of wasm-opt, on any thread.
///
/// # Errors
/// [`Error::Input`] for object files, which only a linker may change. [`Error::Usage`] when a recipe
/// is for something else. [`Error::Tool`] when all that was tried on a module was dropped, or when what a recipe
/// made is not what it says.
pub fn optimize(
    input: &Input,
    binary: &Binary,
    wasm_opt: &WasmOpt,
    plan: &Plan,
    done: &(dyn Fn() + Sync),
) -> Result<(Vec<u8>, Optimized)> {
    for unit in binary.core_modules() {
        if let Some(section) = custom_sections(unit)
            .find(|section| section.name == "linking" || section.name.starts_with("reloc."))
        {
            return Err(input.error(format!(
                "is an object file, by its section `{}`: link it, then optimise what comes of it",
                section.name
            )));
        }
    }
    let recipe = match &plan.search {
        Search::Recipe(recipe) => Some(recipe),
        _ => None,
    };
    if let Some(recipe) = recipe {
        recipe.check(wasm_opt.version(), &input.label, binary)?;
    }
    let seeker = Seeker {
        wasm_opt,
        plan,
        scale: Scale::new(plan.goal)?,
        done,
    };
    let steps = recipe.map(|recipe| &recipe.modules[..]);
    let mut sought = seeker.seek(binary, steps, 0)?;
    let mut bytes = seeker.put_in(binary, &sought);
    let before = seeker.scale.size(binary.bytes())?;
    let mut after = seeker.scale.size(&bytes)?;
    let mut around = None;
    if let Some((other, encoded)) = seeker.encode_around(&input.label, binary, &sought)? {
        let size = seeker.scale.size(&other)?;
        if size < after {
            for module in &mut sought[1..] {
                module.keep("another takes its place, since the component is encoded anew");
            }
            (bytes, after, around) = (other, size, Some(encoded));
        }
    }
    Binary::parse(&bytes)
        .map_err(|reason| wasm_opt.error(format!("what it made is not valid: {reason}")))?;
    if after > before {
        // What is smaller by itself need not be beside the rest of the file.
        for module in &mut sought {
            module.keep("the whole file would be larger with what wasm-opt made");
        }
        (bytes, after, around) = (binary.bytes().to_vec(), before, None);
    }
    if let Some(recipe) = recipe
        && recipe.before_sha256 == sha256(binary.bytes())
        && recipe.after_sha256 != sha256(&bytes)
    {
        return Err(wasm_opt
            .error("what it made is not what the recipe says, of the same binary".to_owned()));
    }
    let report = Optimized {
        file: input.label.clone(),
        wasm_opt: wasm_opt.version().to_owned(),
        goal: plan.goal,
        modules: sought.into_iter().map(|sought| sought.module).collect(),
        around,
        before: before.into(),
        after: after.into(),
    };
    Ok((bytes, report))
}

/// Seeks the best of core modules.
struct Seeker<'p> {
    wasm_opt: &'p WasmOpt,
    plan: &'p Plan,
    scale: Scale,
    done: &'p (dyn Fn() + Sync),
}

/// What came of a core module, and its bytes where they are others.
struct Sought {
    module: OptimizedModule,
    bytes: Option<Vec<u8>>,
}

impl Seeker<'_> {
    /// The best of all core modules of `binary`; with `steps` of a recipe what they say. The first `done` of them
    /// stay as they are.
    fn seek(&self, binary: &Binary, steps: Option<&[Step]>, done: usize) -> Result<Vec<Sought>> {
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
                    Err(error) if !matches!(error, Error::Tool { .. }) => Err(error),
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
    fn put_in(&self, binary: &Binary, sought: &[Sought]) -> Vec<u8> {
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

    /// The component `binary`, to be called `label`, encoded anew around what came of its first core module; none
    /// where that cannot be, or is not asked for.
    fn encode_around(
        &self,
        label: &str,
        binary: &Binary,
        sought: &[Sought],
    ) -> Result<Option<(Vec<u8>, EncodedAround)>> {
        let steps = match &self.plan.search {
            Search::Options(_) => return Ok(None),
            Search::Effort(_) => None,
            Search::Recipe(recipe) => match &recipe.around {
                None => return Ok(None),
                Some(steps) => Some(&steps[..]),
            },
        };
        let first = sought.first().and_then(|sought| sought.bytes.as_ref());
        let component = first.and_then(|first| Around::of(binary)?.component(first));
        let encoded = component
            .as_deref()
            .and_then(|component| Binary::parse(component).ok());
        let count = encoded
            .as_ref()
            .map(|encoded| encoded.core_modules().count());
        let encoded = match (encoded, steps) {
            (Some(encoded), None) => encoded,
            (Some(encoded), Some(steps)) if count == Some(steps.len()) => encoded,
            (None, None) => return Ok(None),
            (_, Some(_)) => {
                return Err(Error::Usage(format!(
                    "the recipe encodes the component anew, which cannot be done the same way to {label}: make another with --recipe"
                )));
            }
        };
        let sought = self.seek(&encoded, steps, 1)?;
        let bytes = self.put_in(&encoded, &sought);
        let Ok(made) = Binary::parse(&bytes) else {
            return Ok(None);
        };
        let around = EncodedAround {
            dropped_imports: around::dropped_imports(binary, &made),
            modules: sought.into_iter().map(|sought| sought.module).collect(),
        };
        Ok(Some((bytes, around)))
    }

    /// What comes of one list.
    fn attempt(&self, binary: &Binary, job: &Job, options: &List) -> Result<Candidate> {
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
        let wrong = |reason| {
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
        Ok(Candidate {
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
    fn listed(&self, index: usize, step: &Step) -> Result<Vec<List>> {
        let mut options = step.options.iter().flatten();
        if self.low_memory == LowMemory::Unknown
            && options.any(|option| option == low_memory::OPTION)
        {
            return Err(Error::Usage(format!(
                "the recipe has {} for core module {index}, whose layout does not show it any more: make another with --recipe",
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
    fn add(&mut self, options: List, made: Result<Candidate>) {
        let (made, dropped) = match made {
            Ok(candidate) => {
                let bytes = Bytes::from(candidate.size);
                let best = self.best.as_ref().map(|best| best.size);
                if best.is_none_or(|best| candidate.size < best) {
                    self.best = Some(candidate);
                }
                (Some(bytes), None)
            }
            Err(error) => {
                let reason = error.to_string();
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

impl OptimizedModule {
    /// Whether it was made on the assumption that the last 1,024 bytes of its stack are not needed.
    pub fn shortens_stack(&self) -> bool {
        let mut options = self.options.iter().flatten();
        self.low_memory == LowMemory::EndOfStack
            && options.any(|option| option == low_memory::OPTION)
    }
}

impl Sought {
    /// Leaves the module as it was.
    fn keep(&mut self, reason: &str) {
        if self.bytes.take().is_some() {
            let module = &mut self.module;
            module.options = None;
            module.after = module.before;
            module.notes.push(format!("stays as it was: {reason}"));
        }
    }
}

fn custom_sections<'u>(unit: &'u Unit) -> impl Iterator<Item = &'u Section<'u>> {
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
