//! The report as a page: one file that needs no other.

use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, Value, context};
use serde::Serialize;

use super::super::document::Rows;
use super::super::{Block, Cell, Document, Show};
use super::plots;
use super::treemap::{self, NumberedNames, Tile};
use super::words;
use crate::escape::printable;
use crate::judge::JudgedReport;

/// How large the data of the maps may be, in bytes.
const MOST_DATA: usize = 700_000;

/// Into how many parts a map is divided at most, from fine to coarse: the first that fits is taken.
const FINENESS: [u64; 6] = [5_000, 2_000, 800, 300, 100, 20];

/// More variants than these have no maps on the page.
const MOST_VARIANTS: usize = 40;

/// What the page's script draws.
#[derive(Serialize)]
struct Data<'a> {
    names: Vec<String>,
    maps: Vec<Map<'a>>,
}

#[derive(Serialize)]
struct Map<'a> {
    variant: std::borrow::Cow<'a, str>,
    /// What it is a map of.
    view: &'static str,
    tile: Tile,
}

/// The whole page.
pub fn page(report: &JudgedReport) -> String {
    let mut environment = Environment::new();
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    let headline = printable(&words::headline(report)).into_owned();
    let mut document = report.document().printable();
    // It stands over all.
    document
        .blocks
        .retain(|block| *block != Block::Paragraph(headline.clone()));
    let provenance = report.report.variants.iter().flat_map(|variant| {
        variant.provenance.iter().map(|provenance| {
            context! { variant => printable(&variant.name), provenance => Value::from(Serde(provenance)) }
        })
    });
    let generics = report.report.variants.iter().filter_map(|variant| {
        const MOST: usize = 20;
        let list = &variant.details.as_ref()?.optimized.monomorphizations;
        let table = Document::default().table(
            Rows::of(list.iter().take(MOST))
                .text("generic function", |generic| {
                    Cell::Name(generic.name.clone())
                })
                .number("copies", |generic| Cell::Count(generic.copies))
                .number("bytes", |generic| Cell::Count(generic.bytes))
                .number("of all but the largest", |generic| {
                    Cell::Count(generic.savable_bytes)
                }),
        );
        let shown = !list.is_empty();
        shown.then(|| {
            Document::default().folded(
                format!("{}: functions that are there more than once", variant.name),
                table,
            )
        })
    });
    let generics = generics
        .fold(Document::default(), Document::and)
        .printable();
    // The template and what it is given are this crate's: that they fit together is tested.
    environment
        .render_str(
            include_str!("page.html"),
            context! {
                title => printable(report.report.policy.get("package").map(ToString::to_string).as_deref().unwrap_or("variants")),
                revision => report.report.revision.as_deref().map(printable),
                holds => report.verdict.holds,
                headline => headline,
                blocks => blocks(&document),
                generics => blocks(&generics),
                sizes => Value::from(Serde(plots::sizes(report))),
                trade_off => Value::from(Serde(plots::trade_off(report))),
                starts => Value::from(Serde(plots::starts(report))),
                machine => report.report.machine.as_deref().map(printable),
                memories => Value::from(Serde(plots::memories(report))),
                history => Value::from(Serde(plots::history(report))),
                provenance => provenance.collect::<Vec<_>>(),
                style => Value::from_safe_string(include_str!("page.css").to_owned()),
                script => Value::from_safe_string(include_str!("page.js").to_owned()),
                data => Value::from_safe_string(data(report)),
            },
        )
        .expect("the template fits what it is given")
}

/// The maps as JSON that no name can end early: without `<`.
fn data(report: &JudgedReport) -> String {
    let texts = FINENESS.into_iter().map(|fineness| {
        let data = serde_json::to_string(&maps(report, fineness));
        data.expect("plain data is always valid JSON")
            .replace('<', "\\u003c")
    });
    let mut last = String::new();
    for text in texts {
        let fits = text.len() <= MOST_DATA;
        last = text;
        if fits {
            break;
        }
    }
    last
}

fn maps(report: &JudgedReport, fineness: u64) -> Data<'_> {
    let mut names = NumberedNames::default();
    let mut maps = Vec::new();
    if let Some(since) = &report.since {
        for change in since.variants.iter().take(MOST_VARIANTS) {
            if !change.parts.is_empty() {
                maps.push(Map {
                    variant: printable(&change.variant),
                    view: "since the base",
                    tile: treemap::of_changes(&change.parts, fineness, &mut names),
                });
            }
        }
    }
    let default = report.report.default_variant();
    let (shipped, others): (Vec<_>, Vec<_>) = report
        .report
        .variants
        .iter()
        .partition(|variant| Some(&variant.name) == default.as_ref());
    for variant in shipped.into_iter().chain(others).take(MOST_VARIANTS) {
        let Some(details) = &variant.details else {
            continue;
        };
        let before = details.unoptimized.as_ref();
        for (view, breakdown) in [
            ("optimized", Some(&details.optimized)),
            ("unoptimized", before),
        ] {
            if let Some(breakdown) = breakdown {
                maps.push(Map {
                    variant: printable(&variant.name),
                    view,
                    tile: treemap::of_binary(breakdown, fineness, &mut names),
                });
            }
        }
    }
    Data {
        names: names.list,
        maps,
    }
}

/// A document's blocks as the template takes them.
fn blocks(document: &Document) -> Vec<Value> {
    let block = |block: &Block| match block {
        Block::Heading(text) => context! { kind => "heading", text },
        Block::Paragraph(text) => {
            context! { kind => "paragraph", text, fails => text.starts_with("FAILS") }
        }
        Block::Folded(text, inner) => context! { kind => "folded", text, blocks => blocks(inner) },
        Block::Table(table) => {
            let columns = table
                .columns
                .iter()
                .map(|column| context! { title => column.title, numeric => column.numeric });
            let rows = table.rows.iter().map(|row| {
                let cells = row.iter().map(|cell| {
                    let kind = match cell {
                        Cell::Name(_) => "name",
                        Cell::Verdict(false) => "fails",
                        Cell::Verdict(true) => "holds",
                        Cell::Count(_) | Cell::Change(_) => "number",
                        Cell::Text(_) | Cell::Nothing => "text",
                    };
                    context! { kind, text => cell.text() }
                });
                cells.collect::<Vec<_>>()
            });
            context! { kind => "table", columns => columns.collect::<Vec<_>>(), rows => rows.collect::<Vec<_>>() }
        }
    };
    document.blocks.iter().map(block).collect()
}
