//! Makes binaries smaller: core modules through wasm-opt, and of each the best that was tried.

mod around;
mod cache;
mod goal;
mod interface;
mod lists;
mod low_memory;
mod recipe;
mod seek;
mod wasm_opt;
mod wiring;

use serde::Serialize;

use crate::binary::{Binary, Input};
use crate::measure::sha256;
use crate::{Error, Result};

pub use crate::binary::target_features::LEAST_WASM_OPT;
use around::Around;
pub use cache::Cache;
pub use goal::Goal;
use goal::{Scale, ScaledSize};
pub use lists::STRIPS;
pub use low_memory::LowMemory;
pub use recipe::{Recipe, RecipeStep};
use seek::{Seeker, Sought, custom_sections};
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

impl From<ScaledSize> for Bytes {
    fn from((shipped, raw): ScaledSize) -> Self {
        Bytes { raw, shipped }
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
    if let Some((other, encoded)) = encode_around(&seeker, &input.label, binary, &sought)? {
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
        return Err(wasm_opt.error("what it made is not what the recipe says, of the same binary"));
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

/// The component `binary`, to be called `label`, encoded anew around what came of its first core module; none
/// where that cannot be, or is not asked for.
fn encode_around(
    seeker: &Seeker,
    label: &str,
    binary: &Binary,
    sought: &[Sought],
) -> Result<Option<(Vec<u8>, EncodedAround)>> {
    let steps = match &seeker.plan.search {
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
            return Err(Error::usage(format!(
                "the recipe encodes the component anew, which cannot be done the same way to {label}: make another recipe"
            )));
        }
    };
    let sought = seeker.seek(&encoded, steps, 1)?;
    let bytes = seeker.put_in(&encoded, &sought);
    let Ok(made) = Binary::parse(&bytes) else {
        return Ok(None);
    };
    let around = EncodedAround {
        dropped_imports: around::dropped_imports(binary, &made),
        modules: sought.into_iter().map(|sought| sought.module).collect(),
    };
    Ok(Some((bytes, around)))
}
