//! What became of a report since another one: of the bytes, of the tools, and of the policy that judges them.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::measure::{Breakdown, Sizes};
use crate::policy::{Entries, Entry};
use crate::record::measurements::Details;
use crate::record::report::{Recorded, Report, Reported};
use crate::units::{Percent, Size};

/// What changed between a base and its head.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct Since {
    /// What the base is, as its maker calls it.
    pub revision: Option<String>,
    /// Tools of other versions.
    pub tools: Vec<ToolChange>,
    /// What the change of bytes speaks of.
    pub cause: Cause,
    /// Entries of the policy that are others.
    pub policy: Vec<PolicyChange>,
    /// Figures that the baseline file records anew, or not any more.
    pub baseline: Vec<Rerecorded>,
    /// Variants that both have or only one of them, by name.
    pub variants: Vec<VariantChange>,
}

/// A tool of another version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct ToolChange {
    /// The tool's name.
    pub tool: String,
    /// The version before; none where there was no such tool.
    pub base: Option<String>,
    /// The version now; none where there is no such tool any more.
    pub head: Option<String>,
}

/// What a change of bytes speaks of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Cause {
    /// Of the code: the tools that decide bytes are the same.
    Code,
    /// Of both; but the binary before wasm-opt is made by the same tools, so that what changed in it is the code's.
    CodeBeforeWasmOpt,
    /// Of the tools alone: the sources are the same.
    Tools,
    /// Of both, and nothing tells them apart: the compiler is another one.
    Unknown,
}

/// An entry of the policy that is another one.
#[derive(Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct PolicyChange {
    /// Its key.
    pub key: String,
    /// What it means for what is judged.
    pub effect: Effect,
    /// What it was; none where it is new.
    pub base: Option<Entry>,
    /// What it is; none where it is gone.
    pub head: Option<Entry>,
    /// Of lists what came.
    pub added: Vec<String>,
    /// Of lists what went.
    pub removed: Vec<String>,
}

/// What a change of the policy means for what is judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Effect {
    /// Something holds that did not, or might.
    Loosened,
    /// Something does not hold that did, or might not.
    Tightened,
    /// Neither, or both.
    Changed,
}

/// A figure that the baseline file records anew.
#[derive(Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Rerecorded {
    /// Of the column of which backend.
    pub backend: Option<String>,
    /// Of which variant.
    pub variant: String,
    /// Which figure.
    pub figure: String,
    /// What was recorded.
    pub base: u64,
    /// What is recorded; none where nothing is any more.
    pub head: Option<u64>,
}

/// What became of one variant.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct VariantChange {
    /// Its name.
    pub variant: String,
    /// What it was; none where it is new.
    pub base: Option<VariantSizes>,
    /// What it is; none where it is gone.
    pub head: Option<VariantSizes>,
    /// Whether what ships is the same, byte for byte.
    pub identical: bool,
    /// What has other bytes in what ships, the largest difference first.
    pub parts: Vec<PartChange>,
    /// The same by crate.
    pub crates: Vec<PartChange>,
    /// What has other bytes before wasm-opt.
    pub unoptimized_parts: Vec<PartChange>,
    /// The same by crate.
    pub unoptimized_crates: Vec<PartChange>,
}

/// The sizes of one variant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct VariantSizes {
    /// Bytes of the binary before wasm-opt.
    pub unoptimized: Option<u64>,
    /// Bytes of its code and data.
    pub unoptimized_code_and_data: Option<u64>,
    /// Bytes of what ships.
    pub optimized: u64,
    /// The same through `gzip -9`.
    pub gzip: u64,
    /// The same through Brotli at quality 11.
    pub brotli: u64,
}

/// A function, or something else with bytes of its own, that has others than before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct PartChange {
    /// Whether it is a function.
    pub function: bool,
    /// The crate or library of a function; of anything else what it is.
    #[serde(rename = "crate")]
    pub owner: String,
    /// Its name.
    pub name: String,
    /// Its bytes before.
    pub base_bytes: u64,
    /// Its bytes now.
    pub head_bytes: u64,
}

/// The least growth of a variant, a crate or a function that is notable.
pub const NOTABLE_BYTES: u64 = 500;

/// Tools that work on what wasm-ld made, or measure it.
const AFTER_LINKING: [&str; 6] = ["wasm-opt", "wasm-tools", "wabt", "gzip", "brotli", "zstd"];

/// Those of them that change no byte of what ships.
const COMPRESSORS: [&str; 3] = ["gzip", "brotli", "zstd"];

impl Since {
    /// What became of `base` in `head`.
    pub fn of(base: &Report, head: &Report) -> Self {
        let tools = tool_changes(&base.tools, &head.tools);
        let names: BTreeSet<&String> = [base, head]
            .into_iter()
            .flat_map(|report| report.variants.iter().map(|variant| &variant.name))
            .collect();
        Since {
            revision: base.revision.clone(),
            cause: cause(&tools, base, head),
            tools,
            policy: policy_changes(&base.policy, &head.policy),
            baseline: rerecorded(&base.baseline, &head.baseline),
            variants: names
                .into_iter()
                .map(|name| VariantChange::of(name, base.variant(name), head.variant(name)))
                .collect(),
        }
    }

    /// Whether all is the same: tools, policy, record, and of each variant the size of everything.
    pub fn is_nothing(&self) -> bool {
        self.tools.is_empty()
            && self.policy.is_empty()
            && self.baseline.is_empty()
            && self.variants.iter().all(VariantChange::is_nothing)
    }

    /// Entries of the policy and figures of the record that let more pass.
    pub fn loosened(&self) -> usize {
        let policy = self.policy.iter();
        let loosened = policy.filter(|change| change.effect == Effect::Loosened);
        let upward = self.baseline.iter().filter(|figure| figure.is_upward());
        loosened.count() + upward.count()
    }
}

impl Rerecorded {
    /// Whether more than before passes.
    pub fn is_upward(&self) -> bool {
        self.head.is_none_or(|head| head > self.base)
    }
}

impl VariantChange {
    fn of(name: &str, base: Option<&Reported>, head: Option<&Reported>) -> Self {
        let details = |variant: Option<&Reported>| variant.and_then(|v| v.details.clone());
        let (before, after) = (details(base), details(head));
        type Of = fn(&Details) -> Option<&Breakdown>;
        type Changes = fn(&Breakdown, &Breakdown) -> Vec<PartChange>;
        let changes = |of: Of, changes: Changes| {
            let (before, after) = (before.as_ref(), after.as_ref());
            match (before.and_then(of), after.and_then(of)) {
                (Some(before), Some(after)) => changes(before, after),
                _ => Vec::new(),
            }
        };
        let (optimized, unoptimized): (Of, Of) = (
            |details| Some(&details.optimized),
            |details| details.unoptimized.as_ref(),
        );
        VariantChange {
            variant: name.to_owned(),
            identical: base
                .zip(head)
                .is_some_and(|(base, head)| base.optimized.sha256 == head.optimized.sha256),
            parts: changes(optimized, changed_parts),
            crates: changes(optimized, changed_crates),
            unoptimized_parts: changes(unoptimized, changed_parts),
            unoptimized_crates: changes(unoptimized, changed_crates),
            base: base.map(VariantSizes::of),
            head: head.map(VariantSizes::of),
        }
    }

    /// Bytes of what ships now less those before; all of it of a variant that is new or gone.
    pub fn difference(&self) -> i64 {
        let bytes = |sizes: Option<VariantSizes>| {
            let bytes = sizes.map_or(0, |sizes| sizes.optimized);
            i64::try_from(bytes).unwrap_or(i64::MAX)
        };
        bytes(self.head) - bytes(self.base)
    }

    /// Whether every size and every part is as before; what is compressed may differ by what a line number makes.
    fn is_nothing(&self) -> bool {
        let (Some(base), Some(head)) = (self.base, self.head) else {
            return false;
        };
        let about = |old: u64, new: u64| old.abs_diff(new).saturating_mul(200) <= old;
        let raw = |sizes: VariantSizes| {
            (
                sizes.unoptimized,
                sizes.unoptimized_code_and_data,
                sizes.optimized,
            )
        };
        raw(base) == raw(head)
            && about(base.gzip, head.gzip)
            && about(base.brotli, head.brotli)
            && self.parts.is_empty()
            && self.unoptimized_parts.is_empty()
    }
}

impl VariantSizes {
    fn of(variant: &Reported) -> Self {
        let before = variant.unoptimized.as_ref();
        let code_and_data = |sizes: &Sizes| sizes.code_bytes + sizes.data_bytes;
        VariantSizes {
            unoptimized: before.map(|sizes| sizes.raw_bytes),
            unoptimized_code_and_data: before.map(code_and_data),
            optimized: variant.optimized.raw_bytes,
            gzip: variant.optimized.gzip_bytes,
            brotli: variant.optimized.brotli_bytes,
        }
    }
}

impl PartChange {
    /// Bytes now less those before.
    pub fn difference(&self) -> i64 {
        self.head_bytes.cast_signed() - self.base_bytes.cast_signed()
    }
}

/// Crates, and what is no code by what it is, that have other bytes than before.
fn changed_crates(base: &Breakdown, head: &Breakdown) -> Vec<PartChange> {
    let (base, head) = (base.crates(), head.crates());
    let names: BTreeSet<&str> = base.keys().chain(head.keys()).copied().collect();
    let bytes = |crates: &BTreeMap<&str, u64>, name| crates.get(name).copied().unwrap_or(0);
    let crates = names.into_iter().map(|name| PartChange {
        function: false,
        owner: name.to_owned(),
        name: name.to_owned(),
        base_bytes: bytes(&base, name),
        head_bytes: bytes(&head, name),
    });
    sorted(crates.filter(|part| part.difference() != 0).collect())
}

fn changed_parts(base: &Breakdown, head: &Breakdown) -> Vec<PartChange> {
    let mut parts: BTreeMap<(bool, &str, &str), (u64, u64)> = BTreeMap::new();
    for part in &base.parts {
        let key = (part.function, part.owner.as_str(), part.name.as_str());
        parts.entry(key).or_default().0 += part.bytes;
    }
    for part in &head.parts {
        let key = (part.function, part.owner.as_str(), part.name.as_str());
        parts.entry(key).or_default().1 += part.bytes;
    }
    let changed = parts.into_iter().filter(|(_, (base, head))| base != head);
    let changed = changed.map(
        |((function, owner, name), (base_bytes, head_bytes))| PartChange {
            function,
            owner: owner.to_owned(),
            name: name.to_owned(),
            base_bytes,
            head_bytes,
        },
    );
    sorted(changed.collect())
}

/// The largest difference first, either way; stable.
fn sorted(mut parts: Vec<PartChange>) -> Vec<PartChange> {
    parts.sort_by_key(|part| Reverse(part.difference().unsigned_abs()));
    parts
}

fn tool_changes(
    base: &BTreeMap<String, String>,
    head: &BTreeMap<String, String>,
) -> Vec<ToolChange> {
    let names: BTreeSet<&String> = base.keys().chain(head.keys()).collect();
    let changes = names.into_iter().map(|name| ToolChange {
        tool: name.clone(),
        base: base.get(name).cloned(),
        head: head.get(name).cloned(),
    });
    changes.filter(|tool| tool.base != tool.head).collect()
}

fn cause(tools: &[ToolChange], base: &Report, head: &Report) -> Cause {
    let all = |names: &[&str]| {
        tools
            .iter()
            .all(|change| names.contains(&change.tool.as_str()))
    };
    let sources = |report: &Report| -> BTreeSet<(String, String, String)> {
        let variants = report.variants.iter();
        variants
            .flat_map(|variant| {
                variant.provenance.iter().map(|provenance| {
                    (
                        variant.name.clone(),
                        provenance.source_sha256.clone(),
                        provenance.lock_sha256.clone(),
                    )
                })
            })
            .collect()
    };
    let (before, after) = (sources(base), sources(head));
    if base.backend == head.backend && all(&COMPRESSORS) {
        Cause::Code
    } else if !before.is_empty() && before == after {
        Cause::Tools
    } else if base.backend == head.backend && all(&AFTER_LINKING) {
        Cause::CodeBeforeWasmOpt
    } else {
        Cause::Unknown
    }
}

fn policy_changes(base: &Entries, head: &Entries) -> Vec<PolicyChange> {
    let keys: BTreeSet<&String> = base.keys().chain(head.keys()).collect();
    let mut changes: Vec<PolicyChange> = keys
        .into_iter()
        .filter(|key| base.get(*key) != head.get(*key))
        .map(|key| {
            let (base, head) = (base.get(key), head.get(key));
            let list = |entry: Option<&Entry>| match entry {
                Some(Entry::List(list)) => list.clone(),
                _ => Vec::new(),
            };
            let (before, after) = (list(base), list(head));
            let missing = |of: &[String], from: &[String]| {
                let missing = of.iter().filter(|word| !from.contains(word));
                missing.cloned().collect::<Vec<_>>()
            };
            PolicyChange {
                effect: effect(key, base, head),
                added: missing(&after, &before),
                removed: missing(&before, &after),
                key: key.clone(),
                base: base.cloned(),
                head: head.cloned(),
            }
        })
        .collect();
    // Stable: the keys come sorted.
    changes.sort_by_key(|change| change.effect);
    changes
}

/// What an entry lets pass.
enum Sense {
    /// The more of it, the more passes; where it is absent, everything does.
    Limit,
    /// The more of it, the more passes; where it is absent, nothing does.
    Allowance,
    /// The more of it, the less passes; where it is absent, everything does.
    Demand,
    /// It judges nothing by itself.
    None,
}

fn sense(key: &str) -> Sense {
    let last = key.rsplit('.').next().unwrap_or_default();
    let within = |table: &str| key.starts_with(table) || key.contains(&format!(".{table}"));
    if last == "min-reduction" {
        Sense::Demand
    } else if last.starts_with("max-unnamed") || last.ends_with("tolerance") {
        Sense::Allowance
    } else if within("budget.") || last == "allow" {
        Sense::Limit
    } else if within("bans.") || within("sections.") {
        Sense::Demand
    } else {
        Sense::None
    }
}

fn effect(key: &str, base: Option<&Entry>, head: Option<&Entry>) -> Effect {
    let sense = sense(key);
    // More of it, or less; none where that cannot be said.
    let more = match (base, head) {
        (Some(base), Some(head)) => more(base, head),
        (None, Some(_)) => Some(!matches!(sense, Sense::Limit)),
        (Some(_), None) => Some(matches!(sense, Sense::Limit)),
        (None, None) => None,
    };
    match (sense, more) {
        (Sense::None, _) | (_, None) => Effect::Changed,
        (Sense::Limit | Sense::Allowance, Some(true)) | (Sense::Demand, Some(false)) => {
            Effect::Loosened
        }
        (Sense::Limit | Sense::Allowance, Some(false)) | (Sense::Demand, Some(true)) => {
            Effect::Tightened
        }
    }
}

/// Whether `head` is more than `base`; none where it is neither more nor less.
fn more(base: &Entry, head: &Entry) -> Option<bool> {
    match (base, head) {
        (Entry::Number(base), Entry::Number(head)) => Some(head > base),
        (Entry::Text(base), Entry::Text(head)) => {
            let sizes = base.parse::<Size>().ok().zip(head.parse::<Size>().ok());
            let shares = base
                .parse::<Percent>()
                .ok()
                .zip(head.parse::<Percent>().ok());
            match (sizes, shares) {
                (Some((base, head)), _) if base != head => Some(head > base),
                (_, Some((base, head))) if base != head => Some(head > base),
                _ => None,
            }
        }
        (Entry::List(base), Entry::List(head)) => {
            let came = head.iter().any(|word| !base.contains(word));
            let went = base.iter().any(|word| !head.contains(word));
            match (came, went) {
                (true, false) => Some(true),
                // Where something went, less is in it, whatever came.
                (_, true) => Some(false),
                (false, false) => None,
            }
        }
        _ => None,
    }
}

fn rerecorded(base: &[Recorded], head: &[Recorded]) -> Vec<Rerecorded> {
    let mut changes = Vec::new();
    for column in base {
        let after = head.iter().find(|other| other.backend == column.backend);
        for (variant, figures) in &column.variants {
            let after = after.and_then(|column| column.variants.get(variant));
            for (figure, base) in figures {
                let head = after.and_then(|figures| figures.get(figure)).copied();
                if head != Some(*base) {
                    changes.push(Rerecorded {
                        backend: column.backend.clone(),
                        variant: variant.clone(),
                        figure: figure.clone(),
                        base: *base,
                        head,
                    });
                }
            }
        }
    }
    changes
}
