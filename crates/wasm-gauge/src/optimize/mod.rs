//! Optimises the core modules of a binary with wasm-opt.

mod interface;
mod wasm_opt;

use std::collections::BTreeMap;
use std::num::NonZero;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use serde::Serialize;

use wasmparser::Validator;

use crate::Result;
use crate::binary::{
    Binary, Input, Section, Unit, replace_core_modules, target_features, without_custom_sections,
};

pub use crate::binary::target_features::LEAST_WASM_OPT;
use wasm_opt::Made;
pub use wasm_opt::WasmOpt;

/// What wasm-opt is asked for unless the caller asks for something else: the smallest code, passes
/// repeated until they find nothing, and no names, debug information and `producers` section.
pub const DEFAULT_OPTIONS: [&str; 4] = ["-Oz", "--converge", "--strip-debug", "--strip-producers"];

/// What came of optimising one file.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct Optimized {
    /// The file's name without its folders.
    pub file: String,
    /// The version of wasm-opt.
    pub wasm_opt: String,
    /// The options it was given, besides those for features.
    pub options: Vec<String>,
    /// In the order of the file.
    pub modules: Vec<OptimizedModule>,
    /// Bytes of the whole file before.
    pub before_bytes: u64,
    /// Bytes of the whole file after.
    pub after_bytes: u64,
}

/// What came of optimising one core module.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct OptimizedModule {
    /// Where it began in the file before, in bytes.
    pub offset: u64,
    /// Its bytes before.
    pub before_bytes: u64,
    /// Bytes of what wasm-opt made of it.
    pub optimized_bytes: u64,
    /// Whether it stays as it was, because what wasm-opt made of it is not smaller.
    pub is_kept: bool,
    /// What wasm-opt said of it, and what else has to be known of the result.
    pub notes: Vec<String>,
}

/// What came of one core module, yet to be put into the file.
struct Optimal {
    module: OptimizedModule,
    bytes: Vec<u8>,
}

/// Optimises all core modules of `binary`, which `input` holds, several at once. Everything else in
/// it stays, and so does a module that would not get smaller. `done` is called after each module, on
/// any thread.
///
/// # Errors
/// [`crate::Error::Input`] for object files, which only a linker may change. [`crate::Error::Tool`]
/// when wasm-opt fails, or when what it makes is not valid, uses other features, has other imports or
/// exports or does not fit into the binary.
pub fn optimize(
    input: &Input,
    binary: &Binary,
    wasm_opt: &WasmOpt,
    options: Vec<String>,
    done: &(dyn Fn() + Sync),
) -> Result<(Vec<u8>, Optimized)> {
    let units: Vec<&Unit> = binary.core_modules().collect();
    for unit in &units {
        if let Some(section) = custom_sections(unit)
            .find(|section| section.name == "linking" || section.name.starts_with("reloc."))
        {
            return Err(input.error(format!(
                "is an object file, by its section `{}`: link it, then optimise what comes of it",
                section.name
            )));
        }
    }
    let optimized = in_parallel(&units, |unit| {
        let optimal = optimize_module(binary, unit, wasm_opt, &options)?;
        done();
        Ok(optimal)
    })?;
    let mut modules = Vec::new();
    let mut smaller = BTreeMap::new();
    for (unit, Optimal { module, bytes }) in units.into_iter().zip(optimized) {
        if !module.is_kept {
            smaller.insert(unit.range.start, bytes);
        }
        modules.push(module);
    }
    let bytes = replace_core_modules(binary, |unit, _| smaller.get(&unit.range.start).cloned());
    Binary::parse(&bytes)
        .map_err(|reason| wasm_opt.error(format!("what it made is not valid: {reason}")))?;
    let report = Optimized {
        file: input.label.clone(),
        wasm_opt: wasm_opt.version().to_owned(),
        options,
        modules,
        before_bytes: binary.bytes().len() as u64,
        after_bytes: bytes.len() as u64,
    };
    Ok((bytes, report))
}

fn optimize_module(
    binary: &Binary,
    unit: &Unit,
    wasm_opt: &WasmOpt,
    options: &[String],
) -> Result<Optimal> {
    let before = &binary.bytes()[unit.range.clone()];
    let targets = target_features::ModuleFeatures::measure(binary.bytes(), unit);
    let features = targets
        .wasm_opt_options(wasm_opt.release())
        .map_err(|reason| wasm_opt.error(reason))?;
    let arguments = [&features, options].concat();
    let mut notes = Vec::new();
    let Made { bytes, said } = match wasm_opt.optimize(before, &arguments, unit.range.start) {
        Ok(made) => made,
        Err(error) => {
            let (made, dropped) =
                without_malformed(binary, unit, wasm_opt, &arguments).ok_or(error)?;
            notes.push(format!(
                "{dropped} was left out, since wasm-opt cannot read it"
            ));
            made
        }
    };
    let offset = unit.range.start;
    let wrong = |reason| {
        wasm_opt.error(format!(
            "what it made of the core module at offset {offset} {reason}"
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
    let is_kept = bytes.len() >= before.len();
    if !is_kept {
        notes.extend(stale(before, unit, &bytes));
    }
    Ok(Optimal {
        module: OptimizedModule {
            offset: offset as u64,
            before_bytes: before.len() as u64,
            optimized_bytes: bytes.len() as u64,
            is_kept,
            notes,
        },
        bytes,
    })
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
    wasm_opt: &WasmOpt,
    arguments: &[String],
) -> Option<(Made, String)> {
    let names: Vec<&str> = custom_sections(unit)
        .map(|section| section.name)
        .filter(|name| is_read(name))
        .collect();
    let one = names.iter().map(|name| vec![*name]);
    let all = (names.len() > 1).then(|| names.clone());
    one.chain(all).find_map(|dropped| {
        let module = without_custom_sections(binary, unit, |name| dropped.contains(&name));
        let made = wasm_opt
            .optimize(&module, arguments, unit.range.start)
            .ok()?;
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
