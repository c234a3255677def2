use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use wasm_gauge::Result;
use wasm_gauge::binary::Input;
use wasm_gauge::optimize::{Cache, Goal, Plan, Recipe, Search, WasmOpt, optimize};

use super::output::FormatOption;
use super::progress;
use super::sink::{self, To};

/// Optimise a core module or component with wasm-opt
///
/// Each core module, those in components within a component too, goes through Binaryen's wasm-opt,
/// several at once. Everything else stays byte for byte, and so does a module that does not get
/// smaller, and the whole file where it would get larger. Small is what --for says: as the file is, or
/// through gzip or brotli.
///
/// A component that is what wit-component makes of its first core module and its world is made again of
/// what became of that module: imports that nothing uses any more, and what they were called through, go. It
/// fits wherever the one before does. Names and `producers` of components go too.
///
/// wasm-opt of version 120 or later is needed; it may use the features that `wasm-gauge
/// target-features` lists and no others. What it makes has to be valid, to export the same as before, and to
/// import nothing else, all of the same types; otherwise it is dropped, and told. What was tried is shown,
/// and what wasm-opt says.
///
/// Object files, which have a section `linking` or `reloc.*`, are for a linker and refused.
///
/// The sizes before and after are printed; to standard error when the binary goes to standard
/// output. Names, debug information and the sections `producers` and `target_features` are stripped, unless
/// there are options of your own for wasm-opt: then they alone say what is done, and to core modules only.
///
/// Examples:
///   $ wasm-gauge opt app.wasm -o app.opt.wasm
///
///   # the smallest download, with time to look for it; then the same again, and no search
///   $ wasm-gauge opt app.wasm -o app.opt.wasm --for brotli --effort 3 --cache cache --recipe app.json
///   $ wasm-gauge opt app.wasm -o app.opt.wasm --replay app.json
///
///   # faster code, names kept
///   $ wasm-gauge opt app.wasm -o app.opt.wasm -- -O3 -g
///
/// Exit status:
///   0  optimised, or kept where that is not smaller
///   2  wrong usage, a recipe for something else, or the output cannot be written
///   3  the file is not a valid core module or component, or it is an object file; or the recipe is none
///   4  wasm-opt is missing, too old or failed, or what it made is not what it should be
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub struct Opts {
    /// Write the optimised binary to OUT; `-` is standard output
    #[arg(short, long, value_name = "OUT")]
    output: PathBuf,

    /// What the file is to be small by [default: raw, or what the recipe says]
    #[arg(
        long = "for",
        value_enum,
        value_name = "GOAL",
        hide_possible_values = false
    )]
    goal: Option<Shipped>,

    /// How much is tried: 1 one list of passes, 2 a handful, 3 lists near the best of them besides
    #[arg(
        long,
        value_name = "1..3",
        default_value_t = 1,
        value_parser = clap::value_parser!(u8).range(1..=3)
    )]
    effort: u8,

    /// Keep what wasm-opt makes in DIR, and take from there what it made before
    #[arg(long, value_name = "DIR")]
    cache: Option<PathBuf>,

    /// Write what won to FILE, for --replay
    #[arg(long, value_name = "FILE", conflicts_with_all = ["replay", "options"])]
    recipe: Option<PathBuf>,

    /// Do what the recipe FILE says, by one run of wasm-opt for each core module
    #[arg(long, value_name = "FILE", conflicts_with_all = ["goal", "effort", "options"])]
    replay: Option<PathBuf>,

    /// The wasm-opt to use
    #[arg(long, value_name = "PATH", default_value = "wasm-opt")]
    wasm_opt: OsString,

    #[command(flatten)]
    format: FormatOption,

    /// A core module or component
    #[arg(value_name = "FILE")]
    file: PathBuf,

    /// Options for wasm-opt instead of those that are tried
    #[arg(last = true, value_name = "WASM_OPT_ARGS", conflicts_with = "effort")]
    options: Vec<String>,
}

/// What a file is shipped as.
#[derive(Clone, Copy, ValueEnum)]
enum Shipped {
    /// As it is
    Raw,
    /// Through gzip -9
    Gzip,
    /// Through Brotli at quality 11
    Brotli,
}

impl From<Shipped> for Goal {
    fn from(shipped: Shipped) -> Self {
        match shipped {
            Shipped::Raw => Goal::Raw,
            Shipped::Gzip => Goal::Gzip,
            Shipped::Brotli => Goal::Brotli,
        }
    }
}

impl Opts {
    /// Optimises, writes the result whole or not at all, and tells the sizes.
    pub fn run(self) -> Result<bool> {
        let input = Input::read(&self.file)?;
        let binary = input.parse()?;
        let wasm_opt = WasmOpt::find(self.wasm_opt)?;
        let goal = self.goal.map_or(Goal::Raw, Goal::from);
        let (goal, search) = match self.replay {
            Some(path) => {
                let recipe = Recipe::read(&path)?;
                (recipe.goal, Search::Recipe(recipe))
            }
            None if self.options.is_empty() => (goal, Search::Effort(self.effort)),
            None => (goal, Search::Options(self.options)),
        };
        let plan = Plan {
            goal,
            search,
            cache: self.cache.as_deref().map(Cache::open).transpose()?,
        };
        let runs = plan.runs(binary.core_modules().count());
        let (bytes, report) = progress::during("runs of wasm-opt", runs, |done| {
            optimize(&input, &binary, &wasm_opt, &plan, done)
        })?;
        let recipe = self.recipe.as_ref().map(|path| {
            let recipe = Recipe::new(&binary, &report, &bytes);
            (path, recipe.text())
        });
        let mut results = vec![(To::Path(&self.output), &bytes[..])];
        if let Some((path, text)) = &recipe {
            results.push((To::Path(path), text.as_bytes()));
        }
        let (to, sizes) = if sink::is_stdout(&self.output) {
            (To::Stderr, self.format.render(&report, false, None))
        } else {
            (To::Stdout, self.format.render_for_stdout(&report))
        };
        results.push((to, sizes.as_bytes()));
        sink::write(&results)?;
        Ok(true)
    }
}
