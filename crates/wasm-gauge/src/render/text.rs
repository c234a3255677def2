//! Tables and sentences for a terminal.

use comfy_table::presets::NOTHING;
use comfy_table::{Attribute, CellAlignment, Color, ColumnConstraint, ContentArrangement, Width};

use super::{Block, Cell, Document, Table};

/// Blanks between columns.
const GAP: u16 = 2;

/// Text no wider than this is never broken over lines; numbers never are.
const NARROW: u16 = 24;

pub(super) fn render(document: &Document, colour: bool, width: Option<u16>) -> String {
    let mut text = String::new();
    let mut after_heading = true;
    for block in &document.blocks {
        if !after_heading {
            text.push('\n');
        }
        match block {
            Block::Heading(line) | Block::Paragraph(line) => {
                text.push_str(line);
                text.push('\n');
            }
            Block::Table(table) => text.push_str(&lines(table, colour, width)),
        }
        after_heading = matches!(block, Block::Heading(_));
    }
    text
}

fn lines(table: &Table, colour: bool, width: Option<u16>) -> String {
    let mut drawn = comfy_table::Table::new();
    drawn.load_style(NOTHING).set_header(
        table
            .columns
            .iter()
            .map(|column| aligned(column.title.to_owned(), column.numeric)),
    );
    for row in &table.rows {
        drawn.add_row(row.iter().zip(&table.columns).map(|(cell, column)| {
            let text = aligned(cell.text(), column.numeric);
            match cell {
                Cell::Verdict(true) => text.fg(Color::Green),
                Cell::Verdict(false) => text.fg(Color::Red).add_attribute(Attribute::Bold),
                _ => text,
            }
        }));
    }
    let widths = drawn.column_max_content_widths();
    let least: Vec<u16> = table
        .columns
        .iter()
        .zip(widths)
        .map(|(column, width)| {
            GAP + if column.numeric {
                width
            } else {
                width.min(NARROW)
            }
        })
        .collect();
    for (column, least) in drawn.column_iter_mut().zip(&least) {
        column.set_padding((0, GAP));
        column.set_constraint(ColumnConstraint::LowerBoundary(Width::Fixed(*least)));
    }
    // Where rows cannot fit, broken names would not help.
    if let Some(width) = width.filter(|width| least.iter().sum::<u16>() <= *width) {
        drawn
            .set_content_arrangement(ContentArrangement::Dynamic)
            .set_width(width);
    }
    if colour {
        drawn.enforce_styling();
    } else {
        drawn.force_no_tty();
    }
    // without the blanks that it puts at the ends of its lines
    format!("{}\n", drawn.trim_fmt())
}

fn aligned(text: String, numeric: bool) -> comfy_table::Cell {
    comfy_table::Cell::new(text).set_alignment(if numeric {
        CellAlignment::Right
    } else {
        CellAlignment::Left
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_names_are_broken_where_rows_have_to_fit() {
        let name = "serde_json::de::Deserializer::deserialize_any::<chat::Message>".repeat(2);
        let document = Document::default().table(
            &["name", "crate", ">bytes"],
            vec![vec![
                Cell::Name(name.clone()),
                Cell::Name("serde_json".to_owned()),
                Cell::Count(1_234_567),
            ]],
        );
        let lines = |width| -> Vec<String> {
            let text = render(&document, false, width);
            text.lines().map(str::to_owned).collect()
        };
        for (width, rows) in [(None, 1), (Some(200), 1), (Some(80), 3), (Some(40), 1)] {
            let lines = lines(width);
            assert_eq!(lines.len(), 1 + rows, "{width:?}: {lines:?}");
            assert!(lines[1].ends_with("serde_json  1,234,567"), "{lines:?}");
            if width == Some(80) {
                assert!(lines.iter().all(|line| line.len() <= 80), "{lines:?}");
            }
            let parts = lines[1..].iter().map(|line| line.split("  ").next());
            assert_eq!(parts.flatten().collect::<String>(), name);
        }
    }
}
