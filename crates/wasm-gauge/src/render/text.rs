//! Tables and sentences for people.

use comfy_table::presets::NOTHING;
use comfy_table::{Attribute, Cell, CellAlignment, Color, Table};

use super::Renderer;
use crate::judge::Verdict;
use crate::measure::Report;
use crate::units::grouped;

/// Renders text.
#[derive(Debug)]
pub struct Text {
    /// Whether to use terminal colours.
    pub colour: bool,
}

impl Renderer for Text {
    fn report(&self, report: &Report) -> String {
        let mut table = self.table(&[
            "file", "kind", ">modules", ">raw", ">gzip -9", ">code", ">data", ">custom", "sha256",
        ]);
        for sizes in &report.files {
            table.add_row([
                Cell::new(&sizes.file),
                Cell::new(sizes.kind),
                number(sizes.core_modules),
                number(sizes.raw_bytes),
                number(sizes.gzip_bytes),
                number(sizes.code_bytes),
                number(sizes.data_bytes),
                number(sizes.custom_bytes),
                Cell::new(&sizes.sha256[..16]),
            ]);
        }
        let tools: Vec<String> = report
            .tools
            .iter()
            .map(|(name, version)| format!("{name} {version}"))
            .collect();
        format!(
            "{}\nSizes in bytes, measured with {}.\n",
            lines(&table),
            tools.join(", ")
        )
    }

    fn verdict(&self, verdict: &Verdict) -> String {
        let mut table = self.table(&["limit", ">measured", ">allowed", "verdict"]);
        for finding in &verdict.findings {
            table.add_row([
                Cell::new(finding.name),
                right(finding.unit.text(finding.measured)),
                right(finding.unit.text(finding.limit)),
                if finding.holds {
                    Cell::new("holds").fg(Color::Green)
                } else {
                    Cell::new("FAILS")
                        .fg(Color::Red)
                        .add_attribute(Attribute::Bold)
                },
            ]);
        }
        let broken: String = verdict
            .findings
            .iter()
            .filter(|finding| !finding.holds)
            .map(|finding| format!("{}\n", finding.sentence))
            .collect();
        format!("{}\n{}\n{broken}", verdict.file, lines(&table))
    }
}

impl Text {
    /// An empty table; a header that begins with `>` stands over numbers.
    fn table(&self, header: &[&str]) -> Table {
        let mut table = Table::new();
        table.load_style(NOTHING).set_header(header.iter().map(
            |text| match text.strip_prefix('>') {
                Some(text) => right(text.to_owned()),
                None => Cell::new(text),
            },
        ));
        for column in table.column_iter_mut() {
            column.set_padding((0, 2));
        }
        if self.colour {
            table.enforce_styling();
        } else {
            table.force_no_tty();
        }
        table
    }
}

fn number(count: u64) -> Cell {
    right(grouped(count))
}

fn right(text: String) -> Cell {
    Cell::new(text).set_alignment(CellAlignment::Right)
}

/// The table without the blanks that it puts at the ends of its lines.
fn lines(table: &Table) -> String {
    table.trim_fmt()
}
