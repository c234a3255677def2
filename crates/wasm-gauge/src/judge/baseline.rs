//! Measurements against the recorded ones.

use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{Finding, Measured, Unmeasured, judge};
use crate::measure::native::ProgramSizes;
use crate::measure::{Contents, Sizes};
use crate::policy::{BaselineRule, Policy};
use crate::record::baseline::{Baseline, BaselineColumn};
use crate::record::measurements::{Products, Variants, WorkloadFigures};
use crate::record::native::{NativeColumn, NativeReport};
use crate::units::Percent;

/// What was measured, held against the budget and against what the same tools made before.
#[derive(Debug, Deserialize, Serialize, schemars::JsonSchema)]
pub struct BaselineVerdict {
    /// Where the tools come from, where that was said.
    pub backend: Option<String>,
    /// Versions of the tools by name.
    pub tools: BTreeMap<String, String>,
    /// Whether the baseline has what these tools made; when not, only the budget was held.
    pub compared: bool,
    /// How the tools are not those of this backend's column, where it has one: a warning.
    pub drift: Vec<Drift>,
    /// How the tools of native programs are not the recorded ones: a warning, and programs are not compared.
    pub native_drift: Vec<Drift>,
    /// Whether what is only a warning fails too.
    pub strict: bool,
    /// Whether all of it holds.
    pub holds: bool,
    /// The budget's findings by variant.
    pub budget: BTreeMap<String, Vec<Finding>>,
    /// What is not as recorded, by variant, product and figure.
    pub changes: Vec<Change>,
    /// What explains the growth of variants, in their optimised binaries. It is never judged.
    pub growth: Vec<Growth>,
}

/// A tool that is not as recorded.
#[derive(Debug, PartialEq, Eq, Deserialize, Serialize, schemars::JsonSchema)]
pub struct Drift {
    /// The tool's name.
    pub tool: String,
    /// The recorded version; none where the record does not have this tool.
    pub recorded: Option<String>,
    /// The version of the tool at hand; none where there is no such tool any more.
    pub measured: Option<String>,
}

/// What grew in one variant.
#[derive(Debug, PartialEq, Eq, Deserialize, Serialize, schemars::JsonSchema)]
pub struct Growth {
    /// The variant.
    pub variant: String,
    /// Why nothing is known of it, where that is so.
    pub unknown: Option<Unknown>,
    /// The crates that appeared or grew most, at most 10.
    pub crates: Vec<Grown>,
    /// The functions that appeared or grew most, at most 10.
    pub functions: Vec<Grown>,
}

/// Why it is not known what grew.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Unknown {
    /// What was measured has no names.
    NotMeasured,
    /// The record has no crates and functions.
    NotRecorded,
}

/// A crate or function that appeared or grew.
#[derive(Debug, PartialEq, Eq, Deserialize, Serialize, schemars::JsonSchema)]
pub struct Grown {
    /// Its name.
    pub name: String,
    /// The bytes that were recorded of it: none of a new crate, nor of a function that is new or was
    /// smaller than what is recorded.
    pub recorded_bytes: Option<u64>,
    /// Its bytes now.
    pub measured_bytes: u64,
}

/// One thing that is not as recorded.
#[derive(Debug, PartialEq, Eq, Deserialize, Serialize, schemars::JsonSchema)]
pub struct Change {
    /// The variant or the native program; none where it is about what the baseline derives of all.
    pub variant: Option<String>,
    /// What it is about: `optimized raw_bytes` or `workload mixed`; none where it is about all of the variant.
    pub subject: Option<String>,
    /// How it is not as recorded.
    pub difference: ChangeKind,
    /// What was recorded, in what the figure counts, where it is about a figure.
    pub recorded: Option<u64>,
    /// What was measured, in what the figure counts, where it is about a figure.
    pub measured: Option<u64>,
    /// By how much the figure may grow; none where it may not.
    pub tolerance: Option<Tolerance>,
    /// What it means.
    pub grade: Grade,
}

/// How something is not as recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ChangeKind {
    /// A figure is another number.
    Figure,
    /// All figures are equal, and the bytes are others.
    Bytes,
    /// It is recorded, but was not measured.
    NotMeasured,
    /// It was measured, and has no record.
    NotRecorded,
    /// Thresholds, sizes in KiB or times in ms do not follow from the policy and the variants.
    Derived,
}

/// An entry of the policy's `[baseline]`.
#[derive(Debug, PartialEq, Eq, Deserialize, Serialize, schemars::JsonSchema)]
pub struct Tolerance {
    /// Its key.
    pub key: Cow<'static, str>,
    /// Its value as the policy writes it.
    pub value: String,
}

/// What a change means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Grade {
    /// It does not hold.
    Failure,
    /// The record is behind: it holds, unless strictness is asked for.
    Warning,
    /// It is as well to know.
    Note,
}

/// How far a figure may go.
#[derive(Clone, Copy)]
enum Rule {
    /// It counts units of so many bytes, which may grow by the tolerance.
    Cost { bytes: u64 },
    /// It counts bytes as compressed, which differ by some with a line number in a panic message: they may grow by the
    /// tolerance of compression, and as much less needs no new record.
    Compressed,
    /// It counts what is run, which may grow by the tolerance of fuel.
    Fuel,
    /// It may not grow.
    Exact,
    /// It explains others, and may be anything.
    Free,
}

impl Rule {
    /// What it means that `old` became `new`, another number.
    fn grade(self, old: u64, new: u64, policy: &Policy) -> Grade {
        let difference = new.abs_diff(old);
        let within_share = |tolerance: Percent| {
            u128::from(difference) * 10_000
                <= u128::from(old) * u128::from(tolerance.basis_points())
        };
        let within = match self {
            Rule::Cost { bytes } => difference.saturating_mul(bytes) <= policy.baseline.tolerance.0,
            Rule::Compressed => within_share(policy.baseline.compressed_tolerance),
            Rule::Fuel => within_share(policy.baseline.fuel_tolerance),
            Rule::Exact => false,
            Rule::Free => true,
        };
        match self {
            Rule::Compressed | Rule::Free if within => Grade::Note,
            _ if new < old => Grade::Warning,
            _ if within => Grade::Note,
            _ => Grade::Failure,
        }
    }

    /// What of the policy says how far growth may go.
    fn tolerance(self, policy: &Policy) -> Option<Tolerance> {
        let BaselineRule {
            tolerance,
            compressed_tolerance,
            fuel_tolerance,
        } = policy.baseline;
        let (key, value) = match self {
            Rule::Cost { .. } => ("tolerance", tolerance.to_string()),
            Rule::Compressed => ("compressed-tolerance", compressed_tolerance.to_string()),
            Rule::Fuel => ("fuel-tolerance", fuel_tolerance.to_string()),
            Rule::Exact | Rule::Free => return None,
        };
        Some(Tolerance {
            key: key.into(),
            value,
        })
    }
}

/// Holds `measured` against the budget and against the column of `baseline` that its backend has, if the same
/// tools made that.
///
/// # Errors
/// [`Unmeasured`] when a limit of the budget is about something that was not measured.
pub fn compare_with_baseline(
    measured: &Variants,
    native: Option<&NativeReport>,
    baseline: &Baseline,
    policy: &Policy,
    strict: bool,
) -> Result<BaselineVerdict, Unmeasured> {
    let budget = measured
        .products
        .iter()
        .map(|(name, products)| {
            let measured = Measured {
                unoptimized: products.unoptimized.as_ref().map(|sizes| sizes.raw_bytes),
                optimized: products.optimized.raw_bytes,
                optimized_gzip: Some(products.optimized.gzip_bytes),
            };
            Ok((name.clone(), judge(&measured, &policy.budget)?))
        })
        .collect::<Result<BTreeMap<_, _>, Unmeasured>>()?;
    let column = baseline.column(measured.backend.as_deref());
    let drift = column.map_or_else(Vec::new, |column| drift(&column.tools, &measured.tools));
    let programs = native.zip(column.and_then(|column| column.native.as_ref()));
    let native_drift = programs.map_or_else(Vec::new, |(measured, recorded)| {
        self::drift(&recorded.tools, &measured.tools)
    });
    let column = column.filter(|_| drift.is_empty());
    let (mut changes, growth) = match column {
        Some(column) => changes(measured, column, policy),
        None => (Vec::new(), Vec::new()),
    };
    match (native, programs) {
        (Some(report), None) => {
            let names = report.programs.iter().map(|program| &program.name);
            changes.extend(names.map(|name| behind(name, None, ChangeKind::NotRecorded)));
        }
        (Some(_), Some((measured, recorded))) if native_drift.is_empty() => {
            compare_programs(&mut changes, measured, recorded, policy);
        }
        _ => (),
    }
    let broken = budget.values().flatten().any(|finding| !finding.holds)
        || changes.iter().any(|change| match change.grade {
            Grade::Failure => true,
            Grade::Warning => strict,
            Grade::Note => false,
        })
        || strict && !(drift.is_empty() && native_drift.is_empty());
    Ok(BaselineVerdict {
        backend: measured.backend.clone(),
        tools: measured.tools.clone(),
        compared: column.is_some(),
        drift,
        native_drift,
        strict,
        holds: !broken,
        budget,
        changes,
        growth,
    })
}

/// The tools whose versions are not the recorded ones.
fn drift(recorded: &BTreeMap<String, String>, measured: &BTreeMap<String, String>) -> Vec<Drift> {
    let names: BTreeSet<&String> = recorded.keys().chain(measured.keys()).collect();
    names
        .into_iter()
        .map(|name| Drift {
            tool: name.clone(),
            recorded: recorded.get(name).cloned(),
            measured: measured.get(name).cloned(),
        })
        .filter(|tool| tool.recorded != tool.measured)
        .collect()
}

fn changes(
    measured: &Variants,
    column: &BaselineColumn,
    policy: &Policy,
) -> (Vec<Change>, Vec<Growth>) {
    let (mut changes, mut growth) = (Vec::new(), Vec::new());
    for (name, products) in &measured.products {
        match column.variants.get(name) {
            Some(recorded) => {
                let mut grew = false;
                for (product, recorded, measured) in pairs(recorded, products) {
                    grew |= compare(&mut changes, name, product, recorded, measured, policy);
                }
                compare_workloads(&mut changes, name, recorded, products, policy);
                if grew {
                    growth.push(Growth::of(name, &recorded.contents, &products.contents));
                }
            }
            None => changes.push(behind(name, None, ChangeKind::NotRecorded)),
        }
    }
    for name in column.variants.keys() {
        if !measured.products.contains_key(name) {
            changes.push(behind(name, None, ChangeKind::NotMeasured));
        }
    }
    let again = BaselineColumn::new(
        measured,
        column.variants.clone(),
        column.costs.clone(),
        column.native.clone(),
        policy,
    );
    if again != *column {
        changes.push(Change {
            variant: None,
            ..behind("", None, ChangeKind::Derived)
        });
    }
    (changes, growth)
}

impl Change {
    /// What it means that `figure` was `old` and is `new`; none where that is the same.
    fn of(
        variant: &str,
        figure: String,
        rule: Rule,
        old: u64,
        new: u64,
        policy: &Policy,
    ) -> Option<Self> {
        (new != old).then(|| Change {
            recorded: Some(old),
            measured: Some(new),
            tolerance: rule.tolerance(policy),
            grade: rule.grade(old, new, policy),
            ..behind(variant, Some(figure), ChangeKind::Figure)
        })
    }
}

impl Growth {
    fn of(variant: &str, recorded: &Option<Contents>, measured: &Option<Contents>) -> Self {
        let mut growth = Growth {
            variant: variant.to_owned(),
            unknown: None,
            crates: Vec::new(),
            functions: Vec::new(),
        };
        match (recorded, measured) {
            (Some(recorded), Some(measured)) => {
                growth.crates = grown(&recorded.crates, &measured.crates);
                growth.functions = grown(&recorded.functions, &measured.functions);
            }
            (_, None) => growth.unknown = Some(Unknown::NotMeasured),
            (None, _) => growth.unknown = Some(Unknown::NotRecorded),
        }
        growth
    }
}

/// What appeared or grew, the largest growth first.
fn grown(recorded: &BTreeMap<String, u64>, measured: &BTreeMap<String, u64>) -> Vec<Grown> {
    const MOST: usize = 10;
    let more = |grown: &Grown| grown.measured_bytes - grown.recorded_bytes.unwrap_or(0);
    let mut all: Vec<Grown> = measured
        .iter()
        .map(|(name, bytes)| (name, recorded.get(name).copied(), *bytes))
        .filter(|(_, before, bytes)| before.is_none_or(|before| before < *bytes))
        .map(|(name, before, bytes)| Grown {
            name: name.clone(),
            recorded_bytes: before,
            measured_bytes: bytes,
        })
        .collect();
    // Stable: the names come sorted.
    all.sort_by_key(|grown| Reverse(more(grown)));
    all.truncate(MOST);
    all
}

type Pair<'a> = (&'static str, Option<&'a Sizes>, Option<&'a Sizes>);

fn pairs<'a>(recorded: &'a Products, measured: &'a Products) -> [Pair<'a>; 2] {
    [
        (
            "unoptimized",
            recorded.unoptimized.as_ref(),
            measured.unoptimized.as_ref(),
        ),
        (
            "optimized",
            Some(&recorded.optimized),
            Some(&measured.optimized),
        ),
    ]
}

/// Adds what is not as recorded to `changes`, and tells whether something that costs grew.
fn compare(
    changes: &mut Vec<Change>,
    variant: &str,
    product: &str,
    recorded: Option<&Sizes>,
    measured: Option<&Sizes>,
    policy: &Policy,
) -> bool {
    let (recorded, measured) = match both(recorded, measured) {
        Ok(Some(pair)) => pair,
        Ok(None) => return false,
        Err(missing) => {
            changes.push(behind(variant, Some(product.to_owned()), missing));
            return false;
        }
    };
    let before = changes.len();
    let mut grew = false;
    for ((name, rule, old), (_, _, new)) in figures(recorded).into_iter().zip(figures(measured)) {
        let figure = format!("{product} {name}");
        changes.extend(Change::of(variant, figure, rule, old, new, policy));
        grew |= matches!(rule, Rule::Cost { .. }) && new > old;
    }
    if changes.len() == before && recorded.sha256 != measured.sha256 {
        changes.push(Change {
            grade: Grade::Note,
            ..behind(variant, Some(product.to_owned()), ChangeKind::Bytes)
        });
    }
    grew
}

/// Adds what of native programs is not as recorded to `changes`.
fn compare_programs(
    changes: &mut Vec<Change>,
    report: &NativeReport,
    column: &NativeColumn,
    policy: &Policy,
) {
    let measured = report.programs.iter();
    let measured: BTreeMap<&String, &ProgramSizes> = measured
        .map(|program| (&program.name, &program.sizes))
        .collect();
    let names: BTreeSet<&String> = column
        .programs
        .keys()
        .chain(measured.keys().copied())
        .collect();
    for name in names {
        let pair = both(column.programs.get(name), measured.get(name).copied());
        let (old, new) = match pair {
            Ok(Some(pair)) => pair,
            Ok(None) => continue,
            Err(missing) => {
                changes.push(behind(name, None, missing));
                continue;
            }
        };
        let before = changes.len();
        let figures = |sizes: &ProgramSizes| {
            [
                ("bytes", Rule::Cost { bytes: 1 }, sizes.bytes),
                ("gzip_bytes", Rule::Compressed, sizes.gzip_bytes),
            ]
        };
        for ((figure, rule, old), (_, _, new)) in figures(old).into_iter().zip(figures(new)) {
            changes.extend(Change::of(name, figure.to_owned(), rule, old, new, policy));
        }
        if changes.len() == before && old.sha256 != new.sha256 {
            changes.push(Change {
                grade: Grade::Note,
                ..behind(name, None, ChangeKind::Bytes)
            });
        }
    }
}

/// Adds what of the workloads is not as recorded to `changes`.
fn compare_workloads(
    changes: &mut Vec<Change>,
    variant: &str,
    recorded: &Products,
    measured: &Products,
    policy: &Policy,
) {
    let workloads = |products: &Products| products.workloads.clone().unwrap_or_default();
    let (recorded, measured) = (workloads(recorded), workloads(measured));
    let names: BTreeSet<&String> = recorded.keys().chain(measured.keys()).collect();
    for name in names {
        let workload = format!("workload {name}");
        let (recorded, measured) = (recorded.get(name), measured.get(name));
        let (recorded, measured) = match both(recorded, measured) {
            Ok(Some(pair)) => pair,
            Ok(None) => continue,
            Err(missing) => {
                changes.push(behind(variant, Some(workload), missing));
                continue;
            }
        };
        let pairs = workload_figures(recorded)
            .into_iter()
            .zip(workload_figures(measured));
        for ((figure, rule, old), (_, _, new)) in pairs {
            let figure = format!("{workload} {figure}");
            changes.extend(match both(old, new) {
                Ok(Some((old, new))) => Change::of(variant, figure, rule, old, new, policy),
                Ok(None) => None,
                Err(missing) => Some(behind(variant, Some(figure), missing)),
            });
        }
    }
}

/// Both of what is there, none if there is neither, or which of them is missing.
fn both<T>(recorded: Option<T>, measured: Option<T>) -> Result<Option<(T, T)>, ChangeKind> {
    match (recorded, measured) {
        (Some(recorded), Some(measured)) => Ok(Some((recorded, measured))),
        (None, None) => Ok(None),
        (Some(_), None) => Err(ChangeKind::NotMeasured),
        (None, Some(_)) => Err(ChangeKind::NotRecorded),
    }
}

/// The recorded figures of a workload, and how each is held.
fn workload_figures(figures: &WorkloadFigures) -> [(&'static str, Rule, Option<u64>); 3] {
    [
        ("fuel", Rule::Fuel, Some(figures.fuel)),
        ("pages", Rule::Exact, Some(figures.pages)),
        (
            "waste_basis_points",
            Rule::Exact,
            figures.waste_basis_points,
        ),
    ]
}

/// The recorded figures of a file, and how each is held.
fn figures(sizes: &Sizes) -> [(&'static str, Rule, u64); 9] {
    const BYTES: Rule = Rule::Cost { bytes: 1 };
    const PAGES: Rule = Rule::Cost { bytes: 65_536 };
    [
        ("raw_bytes", BYTES, sizes.raw_bytes),
        ("gzip_bytes", Rule::Compressed, sizes.gzip_bytes),
        ("brotli_bytes", Rule::Compressed, sizes.brotli_bytes),
        ("code_bytes", BYTES, sizes.code_bytes),
        ("data_bytes", BYTES, sizes.data_bytes),
        ("custom_bytes", BYTES, sizes.custom_bytes),
        ("core_modules", Rule::Free, sizes.core_modules),
        ("functions", Rule::Free, sizes.functions),
        ("initial_pages", PAGES, sizes.initial_pages),
    ]
}

/// The record does not fit what is there.
fn behind(variant: &str, subject: Option<String>, difference: ChangeKind) -> Change {
    Change {
        variant: Some(variant.to_owned()),
        subject,
        difference,
        recorded: None,
        measured: None,
        tolerance: None,
        grade: Grade::Warning,
    }
}
