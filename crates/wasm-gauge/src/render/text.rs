//! Tables and sentences for a terminal.

use comfy_table::presets::NOTHING;
use comfy_table::{Attribute, CellAlignment, Color};

use super::{Block, Cell, Document, Table};

pub(super) fn render(document: &Document, colour: bool) -> String {
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
            Block::Table(table) => text.push_str(&lines(table, colour)),
        }
        after_heading = matches!(block, Block::Heading(_));
    }
    text
}

fn lines(table: &Table, colour: bool) -> String {
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
    for column in drawn.column_iter_mut() {
        column.set_padding((0, 2));
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
