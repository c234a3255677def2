//! Optimises the core modules of a binary with wasm-opt.

mod wasm_opt;

use std::collections::BTreeMap;
use std::num::NonZero;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use serde::Serialize;

use crate::Result;
use crate::binary::{Binary, Input, Unit, replace_core_modules, target_features};

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
}

/// Optimises all core modules of `binary`, which `input` holds, several at once. Everything else in
/// it stays, and so does a module that would not get smaller. `done` is called after each module, on
/// any thread.
///
/// # Errors
/// [`crate::Error::Input`] for a malformed `target_features` section, [`crate::Error::Tool`] when wasm-opt fails or
/// what it makes does not fit into the binary.
pub fn optimize(
    input: &Input,
    binary: &Binary,
    wasm_opt: &WasmOpt,
    options: Vec<String>,
    done: &(dyn Fn() + Sync),
) -> Result<(Vec<u8>, Optimized)> {
    let units: Vec<&Unit> = binary.core_modules().collect();
    let optimized = in_parallel(&units, |unit| {
        let features = target_features::ModuleFeatures::measure(binary.bytes(), unit)
            .map_err(|reason| input.error(reason))?
            .wasm_opt_options();
        let arguments = [features, options.clone()].concat();
        let module = &binary.bytes()[unit.range.clone()];
        let optimized = wasm_opt.optimize(module, &arguments, unit.range.start)?;
        done();
        Ok(optimized)
    })?;
    let mut modules = Vec::new();
    let mut smaller = BTreeMap::new();
    for (unit, bytes) in units.into_iter().zip(optimized) {
        let is_kept = bytes.len() >= unit.range.len();
        modules.push(OptimizedModule {
            offset: unit.range.start as u64,
            before_bytes: unit.range.len() as u64,
            optimized_bytes: bytes.len() as u64,
            is_kept,
        });
        if !is_kept {
            smaller.insert(unit.range.start, bytes);
        }
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
