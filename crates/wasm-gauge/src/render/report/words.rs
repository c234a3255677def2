//! What is said of a report, and of what changed in it.

use super::super::verdict::sentence;
use super::super::{Cell, Document, Show, markdown};
use crate::judge::since::{
    Amounts, Cause, Effect, NOTABLE_BYTES, PartChange, PolicyChange, Rerecorded, Since,
    VariantChange,
};
use crate::judge::{Grade, JudgedReport};
use crate::measure::Sizes;
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
    let failed = report
        .report
        .checks()
        .filter(|(.., outcome)| !outcome.holds);
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
    let failed = report
        .report
        .checks()
        .filter(|(.., outcome)| !outcome.holds);
    let failed = failed.count();
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
        let lines = policy.iter().map(|change| {
            let value = |value: &Option<crate::policy::Entry>, list: &[String], sign: &str| match (
                value, list,
            ) {
                (_, list) if !list.is_empty() => format!("{sign} {}", list.join(", ")),
                (Some(crate::policy::Entry::List(_)), _) => String::new(),
                (Some(value), _) => value.to_string(),
                (None, _) => "absent".to_owned(),
            };
            vec![
                Cell::Name(cut(&change.key, rows)),
                Cell::Text(effect(change.effect).to_owned()),
                Cell::Name(cut(&value(&change.base, &change.removed, "-"), rows)),
                Cell::Name(cut(&value(&change.head, &change.added, "+"), rows)),
            ]
        });
        let lines = limited(lines, policy.len(), rows, 4);
        document = document
            .heading("What is judged by has changed")
            .table(&["policy", "effect", "before", "now"], lines);
    }
    let upward: Vec<&Rerecorded> = baseline
        .iter()
        .filter(|figure| figure.is_upward())
        .collect();
    if !upward.is_empty() {
        let lines = upward.iter().map(|figure| {
            vec![
                Cell::Name(cut(&figure.variant, rows)),
                Cell::Text(format!(
                    "{}{}",
                    figure.figure,
                    of_backend(figure.backend.as_deref())
                )),
                Cell::Count(figure.base),
                match figure.head {
                    Some(head) => Cell::Count(head),
                    None => Cell::Text("not recorded".to_owned()),
                },
            ]
        });
        let lines = limited(lines, upward.len(), rows.min(20), 4);
        document = document
            .heading("The baseline was recorded anew, upward")
            .table(&["variant", "figure", ">before", ">now"], lines);
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
    let lines: Vec<_> = parts
        .iter()
        .map(|part| {
            vec![
                Cell::Name(cut(&part.name, rows)),
                Cell::Count(part.base_bytes),
                Cell::Count(part.head_bytes),
                Cell::Change(part.difference()),
            ]
        })
        .collect();
    match lines.is_empty() {
        true => Document::default(),
        false => Document::default().table(&[title, ">before", ">now", ">change"], lines),
    }
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
    let lines = all.iter().map(|variant| {
        let findings = report.verdict.budget.get(&variant.name);
        let holds = findings.is_none_or(|findings| findings.iter().all(|finding| finding.holds));
        let optional = |sizes: Option<&Sizes>| match sizes {
            Some(sizes) => Cell::Count(sizes.raw_bytes),
            None => Cell::Text("-".to_owned()),
        };
        let mut cells = vec![
            Cell::Name(cut(&variant.name, rows)),
            Cell::Verdict(holds),
            optional(variant.unoptimized.as_ref()),
            Cell::Count(variant.optimized.raw_bytes),
            Cell::Count(variant.optimized.gzip_bytes),
            Cell::Count(variant.optimized.brotli_bytes),
        ];
        if changes.is_some() {
            let amounts = change_of(&variant.name).and_then(|change| change.base.zip(change.head));
            let of = |figure: fn(Amounts) -> Option<u64>| match amounts {
                Some((base, head)) => match (figure(base), figure(head)) {
                    (Some(base), Some(head)) => {
                        Cell::Change(head.cast_signed() - base.cast_signed())
                    }
                    _ => Cell::Text("-".to_owned()),
                },
                None => Cell::Text("new".to_owned()),
            };
            cells.insert(3, of(|amounts| amounts.unoptimized));
            cells.insert(5, of(|amounts| Some(amounts.optimized)));
            cells.insert(7, of(|amounts| Some(amounts.gzip)));
            cells.push(of(|amounts| Some(amounts.brotli)));
            if apart {
                cells.push(of(|amounts| amounts.unoptimized_code_and_data));
            }
        }
        cells
    });
    let mut titles = vec![
        "variant",
        "budget",
        ">unoptimized",
        ">optimized",
        ">gzip -9",
        ">brotli",
    ];
    if changes.is_some() {
        titles.insert(3, ">change");
        titles.insert(5, ">change");
        titles.insert(7, ">change");
        titles.push(">change");
        if apart {
            titles.push(">your code, before wasm-opt");
        }
    }
    let width = titles.len();
    let table = Document::default().table(&titles, limited(lines, all.len(), rows, width));
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
                super::super::Block::Heading(text) | super::super::Block::Paragraph(text) => {
                    *text = cut_sentence(text, rows)
                }
                super::super::Block::Table(table) => {
                    let (all, width) = (table.rows.len(), table.columns.len());
                    let lines = std::mem::take(&mut table.rows).into_iter().map(|line| {
                        line.into_iter()
                            .map(|cell| match cell {
                                Cell::Name(name) => Cell::Name(cut(&name, rows)),
                                Cell::Text(text) => Cell::Text(cut(&text, rows)),
                                cell => cell,
                            })
                            .collect()
                    });
                    table.rows = limited(lines, all, rows, width);
                }
                super::super::Block::Folded(..) => {}
            }
        }
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

/// At most `rows` of `lines`, of which there are `all`; the last says how many more there are.
fn limited(
    lines: impl Iterator<Item = Vec<Cell>>,
    all: usize,
    rows: usize,
    width: usize,
) -> Vec<Vec<Cell>> {
    let mut lines: Vec<_> = lines.take(rows).collect();
    if all > lines.len() {
        let mut last = vec![Cell::Text(format!(
            "and {} more",
            grouped((all - lines.len()) as u64)
        ))];
        last.resize(width, Cell::Text(String::new()));
        lines.push(last);
    }
    lines
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
