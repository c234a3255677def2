//! Figures as places on a page.

use serde::Serialize;

use crate::engine::Compiler;
use crate::escape::printable;
use crate::judge::JudgedReport;
use crate::measure::startup::Start;
use crate::policy::Entry;
use crate::record::report::Reported;
use crate::units::{Size, grouped, percent_text};

/// The sizes of one variant as bars.
#[derive(Serialize)]
pub struct SizeBars {
    variant: String,
    holds: bool,
    bars: Vec<Bar>,
}

/// One size beside its limit, both in percent of the widest bar.
#[derive(Serialize)]
struct Bar {
    what: &'static str,
    text: String,
    percent: f64,
    limit: Option<Limit>,
    over: bool,
}

#[derive(Serialize)]
struct Limit {
    text: String,
    percent: f64,
}

/// The bars of all variants, on one scale.
pub fn sizes(report: &JudgedReport) -> Vec<SizeBars> {
    let limit = |key: &str| match report.report.policy.get(&format!("budget.{key}")) {
        Some(Entry::Text(text)) => text.parse::<Size>().ok().map(|size| size.0),
        _ => None,
    };
    let rows = |variant: &Reported| {
        [
            (
                "unoptimized",
                variant.unoptimized.as_ref().map(|sizes| sizes.raw_bytes),
                limit("unoptimized"),
            ),
            (
                "optimized",
                Some(variant.optimized.raw_bytes),
                limit("optimized"),
            ),
            (
                "gzip -9",
                Some(variant.optimized.gzip_bytes),
                limit("optimized-gzip"),
            ),
            (
                "brotli",
                Some(variant.optimized.brotli_bytes),
                limit("optimized-brotli"),
            ),
        ]
    };
    let variants = &report.report.variants;
    let most = variants
        .iter()
        .flat_map(rows)
        .flat_map(|(_, size, limit)| [size, limit]);
    let most = most.flatten().max().unwrap_or(1).max(1);
    let percent = |bytes: u64| share(bytes, most);
    variants
        .iter()
        .map(|variant| SizeBars {
            variant: printable(&variant.name).into_owned(),
            holds: holds(report, &variant.name),
            bars: rows(variant)
                .into_iter()
                .filter_map(|(what, size, limit)| {
                    let size = size?;
                    Some(Bar {
                        what,
                        text: format!("{} B", grouped(size)),
                        percent: percent(size),
                        over: limit.is_some_and(|limit| size > limit),
                        limit: limit.map(|limit| Limit {
                            text: format!("{} ({} B)", Size(limit), grouped(limit)),
                            percent: percent(limit),
                        }),
                    })
                })
                .collect(),
        })
        .collect()
}

/// Whether all limits of a variant hold.
pub fn holds(report: &JudgedReport, variant: &str) -> bool {
    let findings = report.verdict.budget.get(variant);
    findings.is_none_or(|findings| findings.iter().all(|finding| finding.holds))
}

/// Hundredths of a percent that `part` is of `whole`, in percent.
fn share(part: u64, whole: u64) -> f64 {
    let points = u128::from(part) * 10_000 / u128::from(whole.max(1));
    points as f64 / 100.0
}

/// Variants by bytes, work and waste.
#[derive(Serialize)]
pub struct TradeOff {
    workload: String,
    waste_workload: String,
    by: &'static str,
    points: Vec<Point>,
    left: String,
    right: String,
    bottom: String,
    top: String,
}

#[derive(Serialize)]
struct Point {
    variant: String,
    default: bool,
    x: f64,
    y: f64,
    radius: f64,
    label: String,
}

/// The variants whose work was counted; none where these are fewer than two.
pub fn trade_off(report: &JudgedReport) -> Option<TradeOff> {
    let named = |key: &str| match report.report.policy.get(key) {
        Some(Entry::Text(name)) => Some(name.clone()),
        _ => None,
    };
    let workload = named("decision.throughput-workload")?;
    let waste_workload = named("decision.waste-workload").unwrap_or_else(|| workload.clone());
    let all: Vec<&Reported> = report
        .report
        .variants
        .iter()
        .filter(|variant| variant.workloads.contains_key(&workload))
        .collect();
    let instructions =
        |variant: &Reported| variant.workloads[&workload].costs.as_ref()?.instructions;
    let counted = all.iter().all(|variant| instructions(variant).is_some());
    let work = |variant: &Reported| {
        let fuel = variant.workloads[&workload].figures.fuel;
        instructions(variant).filter(|_| counted).unwrap_or(fuel)
    };
    let waste = |variant: &Reported| {
        variant
            .workloads
            .get(&waste_workload)?
            .figures
            .waste_basis_points
    };
    if all.len() < 2 {
        return None;
    }
    let bytes = |variant: &Reported| variant.optimized.raw_bytes;
    let (least_bytes, most_bytes) = ends(all.iter().map(|variant| bytes(variant)));
    let (least_work, most_work) = ends(all.iter().map(|variant| work(variant)));
    let place = |value: u64, (least, most): (u64, u64)| match most - least {
        0 => 0.5,
        span => (value - least) as f64 / span as f64,
    };
    let default = report.report.default_variant();
    let unit = if counted { "instructions" } else { "fuel" };
    let points = all.iter().map(|variant| {
        let wasted = waste(variant);
        // The area is the waste; beyond twice the live bytes it grows no more.
        let share = wasted.map_or(0.0, |points| points.min(20_000) as f64 / 20_000.0);
        let said = wasted.map_or_else(
            || "waste not known".to_owned(),
            |points| format!("waste {}", percent_text(points.cast_signed())),
        );
        Point {
            default: default.as_ref() == Some(&variant.name),
            x: 60.0 + 480.0 * place(bytes(variant), (least_bytes, most_bytes)),
            y: 250.0 - 200.0 * place(work(variant), (least_work, most_work)),
            radius: 4.0 + 14.0 * share.sqrt(),
            label: format!(
                "{} B, {} {unit}, {said}",
                grouped(bytes(variant)),
                grouped(work(variant))
            ),
            variant: printable(&variant.name).into_owned(),
        }
    });
    Some(TradeOff {
        points: points.collect(),
        by: unit,
        left: grouped(least_bytes),
        right: grouped(most_bytes),
        bottom: grouped(least_work),
        top: grouped(most_work),
        workload,
        waste_workload,
    })
}

fn ends(values: impl Iterator<Item = u64> + Clone) -> (u64, u64) {
    (values.clone().min().unwrap_or(0), values.max().unwrap_or(0))
}

/// One way to start one variant: where half, 90 % and 99 % of the starts have ended, in percent of the longest.
#[derive(Serialize)]
pub struct StartBar {
    variant: String,
    way: &'static str,
    text: String,
    p50: f64,
    p90: f64,
    p99: f64,
}

/// How variants start with Cranelift, cold and warm, on a scale of each.
pub fn starts(report: &JudgedReport) -> Vec<StartBar> {
    let ways = [
        (Start::Cold, "compile and start"),
        (Start::Precompiled, "load and start"),
        (Start::Warm, "start"),
    ];
    ways.into_iter()
        .flat_map(|(start, way)| {
            let of = |variant: &Reported| {
                let startup = variant.startup.as_ref()?;
                startup.way(Compiler::Cranelift, start).copied()
            };
            let variants = &report.report.variants;
            let most = variants
                .iter()
                .filter_map(of)
                .map(|start| start.p99_ns)
                .max()
                .unwrap_or(1);
            let bars = variants.iter().filter_map(move |variant| {
                let start = of(variant)?;
                let ms = |ns: u64| format!("{}.{:03}", ns / 1_000_000, ns / 1_000 % 1_000);
                Some(StartBar {
                    variant: printable(&variant.name).into_owned(),
                    way,
                    text: format!(
                        "{} ms, 90 % within {}, 99 % within {}",
                        ms(start.p50_ns),
                        ms(start.p90_ns),
                        ms(start.p99_ns)
                    ),
                    p50: share(start.p50_ns, most),
                    p90: share(start.p90_ns, most),
                    p99: share(start.p99_ns, most),
                })
            });
            bars.collect::<Vec<_>>()
        })
        .collect()
}

/// The linear memory that one variant begins with, in percent of the largest.
#[derive(Serialize)]
pub struct MemoryBar {
    variant: String,
    parts: Vec<MemoryPart>,
    text: String,
}

#[derive(Serialize)]
struct MemoryPart {
    what: &'static str,
    percent: f64,
}

/// The memory of all variants, to scale.
pub fn memories(report: &JudgedReport) -> Vec<MemoryBar> {
    let of = |variant: &Reported| {
        let memory = &variant.details.as_ref()?.memory;
        let module = memory
            .modules
            .iter()
            .find(|module| !module.memories.is_empty())?;
        let linear = &module.memories[0];
        let all = linear.minimum_pages.saturating_mul(linear.page_bytes);
        let stack = module.stack.bytes.unwrap_or(0);
        let heap = module.heap_base.as_ref().map_or(all, |base| base.address);
        Some((all, stack.min(all), heap.clamp(stack.min(all), all)))
    };
    let variants = &report.report.variants;
    let most = variants
        .iter()
        .filter_map(of)
        .map(|(all, ..)| all)
        .max()
        .unwrap_or(1);
    variants
        .iter()
        .filter_map(|variant| {
            let (all, stack, heap) = of(variant)?;
            let parts = [
                ("stack", stack),
                ("static data", heap - stack),
                ("heap", all - heap),
            ];
            let text = parts
                .iter()
                .map(|(what, bytes)| format!("{what} {} B", grouped(*bytes)));
            Some(MemoryBar {
                variant: printable(&variant.name).into_owned(),
                text: text.collect::<Vec<_>>().join(", "),
                parts: parts
                    .into_iter()
                    .map(|(what, bytes)| MemoryPart {
                        what,
                        percent: share(bytes, most),
                    })
                    .collect(),
            })
        })
        .collect()
}

/// What the default variant was recorded with over time.
#[derive(Serialize)]
pub struct History {
    line: String,
    points: Vec<HistoryPoint>,
    least: String,
    most: String,
}

#[derive(Serialize)]
struct HistoryPoint {
    x: f64,
    y: f64,
    label: String,
}

/// The history as a line; none where there are fewer than two moments.
pub fn history(report: &JudgedReport) -> Option<History> {
    let moments = &report.report.history;
    let (least, most) = ends(moments.iter().map(|moment| moment.raw_bytes));
    if moments.len() < 2 {
        return None;
    }
    let span = (most - least).max(1) as f64;
    let points: Vec<_> = moments
        .iter()
        .enumerate()
        .map(|(index, moment)| HistoryPoint {
            x: 20.0 + 560.0 * index as f64 / (moments.len() - 1) as f64,
            y: 140.0 - 110.0 * (moment.raw_bytes - least) as f64 / span,
            label: format!(
                "{} {}: {} B, gzip {} B",
                moment.date,
                moment.revision,
                grouped(moment.raw_bytes),
                grouped(moment.gzip_bytes)
            ),
        })
        .collect();
    let line = points
        .iter()
        .map(|point| format!("{:.1},{:.1}", point.x, point.y));
    Some(History {
        line: line.collect::<Vec<_>>().join(" "),
        points,
        least: grouped(least),
        most: grouped(most),
    })
}
