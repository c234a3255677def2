//! Lists of wasm-opt's passes: those that are tried first, and those that are near the best.

use super::low_memory::{self, LowMemory};

/// A list of options for wasm-opt, besides those for features.
pub(super) type List = Vec<String>;

/// What every list ends in: names, debug information, and what only tools read, go.
pub const STRIPS: [&str; 3] = [
    "--strip-debug",
    "--strip-producers",
    "--strip-target-features",
];

/// Functions that differ in constants become one before others are inlined into them, and loops and blocks
/// are built anew from plain branches before -Oz, twice.
const BEST: &str =
    "--merge-similar-functions --flatten --rereloop -Oz --flatten --rereloop -Oz -Oz";

/// The lists that did best on different modules: docs/opt.md has the figures.
const PROVEN: [&str; 6] = [
    BEST,
    "--merge-similar-functions --flatten --rereloop -Os -Oz",
    "--one-caller-inline-max-function-size=0 --merge-similar-functions --flatten --rereloop -Oz --flatten --rereloop -Oz -Oz",
    "-Oz --converge",
    "-Oz",
    "-O1",
];

/// The lists that are tried first at an effort of 1 to 3.
pub(super) fn first(effort: u8, low_memory: LowMemory) -> Vec<List> {
    let texts = if effort == 1 { &PROVEN[..1] } else { &PROVEN };
    let lists = texts.iter().map(|text| list(text, low_memory));
    lists.collect()
}

/// Those of `text` and what every list has.
fn list(text: &str, low_memory: LowMemory) -> List {
    let assumption = (low_memory != LowMemory::Unknown).then_some(low_memory::OPTION);
    assumption
        .into_iter()
        .chain(text.split(' '))
        .chain(STRIPS)
        .map(str::to_owned)
        .collect()
}

/// `list` without `--flatten`, which wasm-opt cannot do to exceptions, references and other newer code, and
/// without what needs it; none where it has none.
pub(super) fn unflattened(list: &[String]) -> Option<List> {
    let is_plain = |option: &&String| !["--flatten", "--rereloop"].contains(&option.as_str());
    let plain: List = list.iter().filter(is_plain).cloned().collect();
    (plain.len() < list.len()).then_some(plain)
}

/// How often lists near the best are tried at an effort of 3.
const ROUNDS: usize = 3;

/// What makes a list near another: options in front of it or behind its passes, or in place of others.
enum ListStep {
    First(&'static str),
    Last(&'static str),
    Instead(&'static str, &'static str),
}

const STEPS: [ListStep; 10] = [
    ListStep::Last("-Oz"),
    ListStep::Last("--flatten --rereloop -Oz"),
    ListStep::Last("--gufa-optimizing -Oz"),
    ListStep::Last("--reorder-functions --reorder-locals"),
    ListStep::First("-O1"),
    ListStep::First("--gufa-optimizing"),
    ListStep::First("--one-caller-inline-max-function-size=0"),
    ListStep::First("--one-caller-inline-max-function-size=200"),
    ListStep::First("--always-inline-max-function-size=6"),
    ListStep::Instead("-Oz", "-Os"),
];

/// The lists near `best`, which are tried in a round after the first. None of them is the best.
pub(super) fn near(best: &[String], effort: u8, round: usize) -> Vec<List> {
    if effort < 3 || round > ROUNDS || !best.ends_with(&STRIPS.map(str::to_owned)) {
        return Vec::new();
    }
    let passes = &best[..best.len() - STRIPS.len()];
    let words = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
    STEPS
        .iter()
        .map(|step| match step {
            ListStep::First(text) => [&words(text), passes].concat(),
            ListStep::Last(text) => [passes, &words(text)].concat(),
            ListStep::Instead(old, new) => {
                let changed = passes.iter().map(|option| match option == old {
                    true => (*new).to_owned(),
                    false => option.clone(),
                });
                changed.collect()
            }
        })
        .map(|passes| [passes, STRIPS.map(str::to_owned).to_vec()].concat())
        .collect()
}

/// The most lists that are tried at an effort.
pub(super) fn most(effort: u8) -> usize {
    match effort {
        1 => 1,
        2 => PROVEN.len(),
        _ => PROVEN.len() + ROUNDS * STEPS.len(),
    }
}
