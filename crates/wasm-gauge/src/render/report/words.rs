//! What is said of a report, and of what changed in it.

use super::super::document::Rows;
use super::super::verdict::sentence;
use super::super::{Block, Cell, Document, Show, markdown};
use crate::judge::since::{
    Cause, Effect, NOTABLE_BYTES, PartChange, PolicyChange, Rerecorded, Since, VariantChange,
    VariantSizes,
};
use crate::judge::{Grade, JudgedReport};
use crate::policy::Entry;
use crate::record::report::Reported;
use crate::record::tools::{of_backend, tool_list};
use crate::units::grouped;

/// The most characters that GitHub takes as a comment. Bytes are counted here, which are at least as many.
const MOST_BYTES: usize = 65_536;

/// Longer names are cut in the middle, where there is a limit.
const LONGEST_NAME: usize = 160;

/// The same of sentences, which may have a list of tools in them.
const LONGEST_SENTENCE: usize = 1_000;

/// How many rows a table has at most, from as many as anybody reads to what fits in any case.
const ROWS: [usize; 5] = [200, 60, 20, 5, 1];

impl Show for JudgedReport {
    fn document(&self) -> Document {
        document(self, usize::MAX)
    }
}

/// The report as a comment of a pull request: in Markdown, and never longer than GitHub takes.
pub fn comment(report: &JudgedReport) -> String {
    let render = |rows| markdown::render(&document(report, rows).printable());
    let texts = ROWS.into_iter().map(render);
    let text = texts.into_iter().find(|text| text.len() < MOST_BYTES);
    text.unwrap_or_else(|| markdown::render(&Document::default().paragraph(headline(report))))
}

fn document(report: &JudgedReport, rows: usize) -> Document {
    let mut document = Document::default();
    if let Some(since) = &report.since {
        if since.is_nothing() && report.verdict.holds {
            return document.paragraph(nothing(since));
        }
        if let Some(tools) = tools(since) {
            document = document.paragraph(tools);
        }
    }
    document = document.paragraph(headline(report));
    let findings = report.verdict.budget.iter();
    let broken = findings.flat_map(|(variant, findings)| {
        let broken = findings.iter().filter(|finding| !finding.holds);
        broken.map(move |finding| format!("{variant}: {}", sentence(finding)))
    });
    let failed = report.report.failed_checks();
    let failed = failed.map(|(variant, check, outcome)| {
        let said = outcome
            .said
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ");
        format!("FAILS: {variant}: {check}: {said}")
    });
    for line in broken.chain(failed).take(rows) {
        document = document.paragraph(cut_sentence(&line, rows));
    }
    if let Some(since) = &report.since {
        document = document
            .and(policy(&since.policy, &since.baseline, rows))
            .and(growth(since, rows));
    }
    document
        .and(variants(report, rows))
        .and(record(report, rows))
}

/// Whether all of it holds, in one line.
pub(super) fn headline(report: &JudgedReport) -> String {
    let verdict = &report.verdict;
    let limits: Vec<_> = verdict.budget.values().flatten().collect();
    let broken = limits.iter().filter(|finding| !finding.holds).count();
    let grown = verdict.changes.iter();
    let grown = grown
        .filter(|change| change.grade == Grade::Failure)
        .count();
    let variants = counted(report.report.variants.len(), "variant");
    let loosened = report.since.as_ref().map_or(0, Since::loosened);
    let loosened = match loosened {
        0 => String::new(),
        count => format!(" {} of what is judged by let more pass than before.", count),
    };
    let failed = report.report.failed_checks().count();
    let complaints = [
        (broken > 0).then(|| format!("{} broken", of_all(broken, limits.len(), "limit"))),
        (grown > 0).then(|| format!("{} grew beyond the record", counted(grown, "figure"))),
        (failed > 0).then(|| format!("{} failed", counted(failed, "check"))),
    ];
    let complaints: Vec<String> = complaints.into_iter().flatten().collect();
    let said = match &complaints[..] {
        [] if limits.is_empty() && !verdict.compared => {
            format!("{variants} measured; there is no limit and no record to hold them against")
        }
        [] => {
            let record = match verdict.compared {
                true => "; nothing grew beyond its record",
                false => "",
            };
            format!(
                "Holds: {variants} within {}{record}",
                counted(limits.len(), "limit")
            )
        }
        [only] => format!("FAILS: {only} in {variants}"),
        [first @ .., last] => format!("FAILS: {}, and {last}, in {variants}", first.join(", ")),
    };
    format!("{said}.{loosened}")
}

/// `1 of 4 limits is`, `2 of 4 limits are`.
fn of_all(count: usize, all: usize, what: &str) -> String {
    let verb = if count == 1 { "is" } else { "are" };
    format!("{} of {} {verb}", grouped(count as u64), counted(all, what))
}

/// `1 limit`, `3 limits`.
fn counted(count: usize, what: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{} {what}{plural}", grouped(count as u64))
}

fn nothing(since: &Since) -> String {
    let identical = since.variants.iter().filter(|variant| variant.identical);
    let (identical, all) = (identical.count(), since.variants.len());
    let bytes = if identical == all {
        "byte for byte".to_owned()
    } else {
        format!("in every size, {identical} of them byte for byte")
    };
    format!(
        "No change: {} as in the base {bytes}; tools, policy and record are the same.",
        match all {
            1 => "the variant is".to_owned(),
            all => format!("all {all} variants are"),
        }
    )
}

/// What tools are others, and what a change of bytes therefore speaks of.
fn tools(since: &Since) -> Option<String> {
    let moved: Vec<String> = since
        .tools
        .iter()
        .map(|change| match (&change.base, &change.head) {
            (Some(base), Some(head)) => format!("{} {base} is now {head}", change.tool),
            (Some(base), None) => format!("{} {base} is gone", change.tool),
            (None, head) => format!("{} {} is new", change.tool, head.as_deref().unwrap_or("")),
        })
        .collect();
    if moved.is_empty() && since.cause != Cause::Unknown {
        return None;
    }
    let moved = match moved.is_empty() {
        true => "they come from another backend".to_owned(),
        false => moved.join(", "),
    };
    let cause = match since.cause {
        Cause::Code => "They change no byte of what ships: every other size is of your code.",
        Cause::CodeBeforeWasmOpt => {
            "What is your code's shows before wasm-opt, where the tools are the same; the rest is the tools'."
        }
        Cause::Tools => "The sources are the same: all that changed is the tools'.",
        Cause::Unknown => {
            "The compiler is among them: nothing tells what of a change is your code's."
        }
    };
    Some(format!("The tools are others: {moved}. {cause}"))
}

/// Every change of what is judged by.
fn policy(policy: &[PolicyChange], baseline: &[Rerecorded], rows: usize) -> Document {
    let mut document = Document::default();
    if !policy.is_empty() {
        let value = |value: &Option<Entry>, list: &[String], sign: &str| {
            let text = match value {
                _ if !list.is_empty() => format!("{sign} {}", list.join(", ")),
                Some(Entry::List(_)) => return Cell::Nothing,
                Some(value) => value.to_string(),
                None => "absent".to_owned(),
            };
            Cell::Name(cut(&text, rows))
        };
        let table = Document::default().table(
            Rows::of(policy)
                .text("policy", |change| Cell::Name(cut(&change.key, rows)))
                .text("effect", |change| {
                    Cell::Text(effect(change.effect).to_owned())
                })
                .text("before", |change| value(&change.base, &change.removed, "-"))
                .text("now", |change| value(&change.head, &change.added, "+")),
        );
        document = document
            .heading("What is judged by has changed")
            .and(limited(table, rows));
    }
    let upward: Vec<&Rerecorded> = baseline
        .iter()
        .filter(|figure| figure.is_upward())
        .collect();
    if !upward.is_empty() {
        let table = Document::default().table(
            Rows::of(&upward)
                .text("variant", |figure| Cell::Name(cut(&figure.variant, rows)))
                .text("figure", |figure| {
                    let backend = of_backend(figure.backend.as_deref());
                    Cell::Text(format!("{}{backend}", figure.figure))
                })
                .number("before", |figure| Cell::Count(figure.base))
                .number("now", |figure| match figure.head {
                    Some(head) => Cell::Count(head),
                    None => Cell::Text("not recorded".to_owned()),
                }),
        );
        document = document
            .heading("The baseline was recorded anew, upward")
            .and(limited(table, rows.min(20)));
    }
    let downward = baseline.len() - upward.len();
    if downward > 0 {
        document = document.paragraph(format!(
            "The baseline records {} lower than before.",
            counted(downward, "figure")
        ));
    }
    document
}

fn effect(effect: Effect) -> &'static str {
    match effect {
        Effect::Loosened => "LETS MORE PASS",
        Effect::Tightened => "lets less pass",
        Effect::Changed => "changed",
    }
}

/// What grew, the notable first.
fn growth(since: &Since, rows: usize) -> Document {
    let (mut notable, mut rest) = (Document::default(), Document::default());
    let mut small = 0;
    for variant in &since.variants {
        let (parts, crates, where_) = match since.cause {
            Cause::CodeBeforeWasmOpt if !variant.unoptimized_parts.is_empty() => (
                &variant.unoptimized_parts,
                &variant.unoptimized_crates,
                ", your code, before wasm-opt",
            ),
            _ => (&variant.parts, &variant.crates, ""),
        };
        let crates = grown(crates);
        let functions: Vec<PartChange> =
            parts.iter().filter(|part| part.function).cloned().collect();
        let functions = grown(&functions);
        if crates.is_empty() && functions.is_empty() {
            continue;
        }
        let least = |parts: &[PartChange]| {
            parts
                .iter()
                .any(|part| part.difference().unsigned_abs() >= NOTABLE_BYTES)
        };
        let tables = Document::default()
            .heading(cut(
                &format!("{}: what grew{where_}", variant.variant),
                rows,
            ))
            .and(table("crate", &crates, rows))
            .and(table("function", &functions, rows));
        if least(&crates) || least(&functions) {
            notable = notable.and(tables);
        } else {
            small += 1;
            rest = rest.and(tables);
        }
        if notable.blocks.len() + rest.blocks.len() > rows.saturating_mul(3) {
            break;
        }
    }
    // Variants of one crate grow by the same function: the first one is read, the others are there to be looked up.
    const SHOWN: usize = 3;
    let mut blocks = notable.blocks;
    let more = blocks.split_off(blocks.len().min(SHOWN));
    let others = counted(more.len() / SHOWN, "more variant");
    Document { blocks }
        .folded(format!("what grew in {others}"), Document { blocks: more })
        .folded(
            format!(
                "growth below {NOTABLE_BYTES} B in {}",
                counted(small, "variant")
            ),
            rest,
        )
}

/// Those that grew, the most first.
fn grown(parts: &[PartChange]) -> Vec<PartChange> {
    const MOST: usize = 5;
    let grown = parts.iter().filter(|part| part.difference() > 0);
    grown.take(MOST).cloned().collect()
}

fn table(title: &'static str, parts: &[PartChange], rows: usize) -> Document {
    if parts.is_empty() {
        return Document::default();
    }
    Document::default().table(
        Rows::of(parts)
            .text(title, |part| Cell::Name(cut(&part.name, rows)))
            .number("before", |part| Cell::Count(part.base_bytes))
            .number("now", |part| Cell::Count(part.head_bytes))
            .number("change", |part| Cell::Change(part.difference())),
    )
}

/// One row for each variant.
fn variants(report: &JudgedReport, rows: usize) -> Document {
    let changes = report.since.as_ref().map(|since| &since.variants);
    let change_of = |name: &str| {
        let mut changes = changes.into_iter().flatten();
        changes.find(|change| change.variant == name)
    };
    let apart = report
        .since
        .as_ref()
        .is_some_and(|since| since.cause == Cause::CodeBeforeWasmOpt);
    let all = &report.report.variants;
    let change = |variant: &Reported, figure: fn(VariantSizes) -> Option<u64>| {
        let change = change_of(&variant.name);
        let Some((base, head)) = change.and_then(|change| change.base.zip(change.head)) else {
            return Cell::Text("new".to_owned());
        };
        Cell::of(figure(base).zip(figure(head)), |(base, head)| {
            Cell::Change(head.cast_signed() - base.cast_signed())
        })
    };
    let changed = changes.is_some();
    let table = Document::default().table(
        Rows::of(all)
            .text("variant", |variant| Cell::Name(cut(&variant.name, rows)))
            .text("budget", |variant| {
                let findings = report.verdict.budget.get(&variant.name);
                Cell::Verdict(findings.is_none_or(|findings| findings.iter().all(|f| f.holds)))
            })
            .number("unoptimized", |variant| {
                let sizes = variant.unoptimized.as_ref();
                Cell::of(sizes, |sizes| Cell::Count(sizes.raw_bytes))
            })
            .number("change", |variant| {
                change(variant, |sizes| sizes.unoptimized)
            })
            .when(changed)
            .number("optimized", |variant| {
                Cell::Count(variant.optimized.raw_bytes)
            })
            .number("change", |variant| {
                change(variant, |sizes| Some(sizes.optimized))
            })
            .when(changed)
            .number("gzip -9", |variant| {
                Cell::Count(variant.optimized.gzip_bytes)
            })
            .number("change", |variant| {
                change(variant, |sizes| Some(sizes.gzip))
            })
            .when(changed)
            .number("brotli", |variant| {
                Cell::Count(variant.optimized.brotli_bytes)
            })
            .number("change", |variant| {
                change(variant, |sizes| Some(sizes.brotli))
            })
            .when(changed)
            .number("your code, before wasm-opt", |variant| {
                change(variant, |sizes| sizes.unoptimized_code_and_data)
            })
            .when(changed && apart),
    );
    let table = limited(table, rows);
    let gone: Vec<String> = changes
        .into_iter()
        .flatten()
        .filter(|change| change.head.is_none())
        .map(|change| cut(&change.variant, rows))
        .collect();
    let notable = changes.is_none_or(|changes| changes.iter().any(is_notable));
    let table = match gone.is_empty() {
        true => table,
        false => table.paragraph(format!("Not there any more: {}.", some(&gone, rows))),
    };
    match notable || !report.verdict.holds {
        true => table,
        false => {
            Document::default().folded(format!("sizes of {}", counted(all.len(), "variant")), table)
        }
    }
}

fn is_notable(change: &VariantChange) -> bool {
    change.base.is_none()
        || change.head.is_none()
        || change.difference().unsigned_abs() >= NOTABLE_BYTES
}

/// What is not as recorded, and what made all of it.
fn record(report: &JudgedReport, rows: usize) -> Document {
    let mut document = report.verdict.document();
    if rows < usize::MAX {
        for block in &mut document.blocks {
            match block {
                Block::Heading(text) | Block::Paragraph(text) => *text = cut_sentence(text, rows),
                Block::Table(table) => {
                    for cell in table.rows.iter_mut().flatten() {
                        if let Cell::Name(text) | Cell::Text(text) = cell {
                            *text = cut(text, rows);
                        }
                    }
                }
                Block::Folded(..) => {}
            }
        }
        document = limited(document, rows);
        document.blocks.truncate(rows.saturating_mul(2).max(4));
    }
    let made = format!(
        "Made by {}{}.",
        tool_list(&report.report.tools),
        of_backend(report.report.backend.as_deref())
    );
    Document::default().folded(
        "budgets and the record, limit by limit",
        document.paragraph(made),
    )
}

/// The document with at most `most` rows in each table; the last says how many more there are.
fn limited(mut document: Document, most: usize) -> Document {
    for block in &mut document.blocks {
        if let Block::Table(table) = block
            && let Some(more @ 1..) = table.rows.len().checked_sub(most)
        {
            table.rows.truncate(most);
            let more = format!("and {} more", grouped(more as u64));
            let mut last = vec![Cell::Text(more)];
            last.resize(table.columns.len(), Cell::Text(String::new()));
            table.rows.push(last);
        }
    }
    document
}

/// The first of `names`, and how many more there are.
fn some(names: &[String], rows: usize) -> String {
    let shown = names
        .iter()
        .take(rows)
        .cloned()
        .collect::<Vec<_>>()
        .join(", ");
    match names.len().checked_sub(rows) {
        Some(more @ 1..) => format!("{shown} and {} more", grouped(more as u64)),
        _ => shown,
    }
}

/// `text`, without its middle where it is too long for a table with a limit.
fn cut(text: &str, rows: usize) -> String {
    match rows {
        usize::MAX => text.to_owned(),
        _ => shortened(text, LONGEST_NAME),
    }
}

fn cut_sentence(text: &str, rows: usize) -> String {
    match rows {
        usize::MAX => text.to_owned(),
        _ => shortened(text, LONGEST_SENTENCE),
    }
}

/// `text` in at most `most` characters, without its middle where it has more.
pub(super) fn shortened(text: &str, most: usize) -> String {
    let count = text.chars().count();
    if count <= most {
        return text.to_owned();
    }
    let half = (most - 1) / 2;
    let start: String = text.chars().take(half).collect();
    let end: String = text.chars().skip(count - half).collect();
    format!("{start}…{end}")
}
