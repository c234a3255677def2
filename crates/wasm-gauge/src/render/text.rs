//! Tables and sentences for a terminal.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::{Block, Cell, Document, Table};

/// Blanks between columns.
const GAP: usize = 2;

/// Text no wider than this is never cut; numbers never are.
const NARROW: usize = 24;

/// Wider cells stand out of their column: the others are not filled up to such a width.
const WIDE: usize = 400;

/// Stands where text was cut.
const MARK: char = '…';

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
            Block::Table(table) => add_table(&mut text, table, colour, width.map(usize::from)),
            Block::Folded(line, inner) => {
                text.push_str(line);
                text.push('\n');
                text.push_str(&render(inner, colour, width));
            }
        }
        after_heading = matches!(block, Block::Heading(_));
    }
    text
}

/// What stands in a row and column, and how wide it is.
struct Shown<'c> {
    text: String,
    width: usize,
    cell: Option<&'c Cell>,
}

impl<'c> Shown<'c> {
    fn new(text: String, cell: Option<&'c Cell>) -> Self {
        Shown {
            width: text.width(),
            text,
            cell,
        }
    }

    /// Cuts the text where it is wider than `most`.
    fn cut(&mut self, most: usize) {
        if self.width <= most {
            return;
        }
        let mut width = MARK.width().unwrap_or_default();
        let fits = |(_, c): &(usize, char)| {
            width += c.width().unwrap_or_default();
            width <= most
        };
        let end = self
            .text
            .char_indices()
            .take_while(fits)
            .last()
            .map_or(0, |(at, c)| at + c.len_utf8());
        self.text.truncate(end);
        self.text.push(MARK);
        self.width = self.text.width();
    }
}

fn add_table(text: &mut String, table: &Table, colour: bool, width: Option<usize>) {
    let header = table
        .columns
        .iter()
        .map(|column| Shown::new(column.title.to_owned(), None))
        .collect();
    let mut rows: Vec<Vec<Shown>> = vec![header];
    for row in &table.rows {
        rows.push(
            row.iter()
                .map(|cell| Shown::new(cell.text(), Some(cell)))
                .collect(),
        );
    }
    if let Some(width) = width {
        let most = most_that_fits(table, &rows, width);
        for row in &mut rows {
            for (shown, column) in row.iter_mut().zip(&table.columns) {
                if !column.numeric {
                    shown.cut(most);
                }
            }
        }
    }
    let widths = widths(table, &rows);
    for row in &rows {
        let mut blanks = 0;
        for ((shown, column), width) in row.iter().zip(&table.columns).zip(&widths) {
            let fill = width.saturating_sub(shown.width);
            let (before, behind) = if column.numeric { (fill, 0) } else { (0, fill) };
            blanks += before;
            // No blanks at the ends of lines.
            if !shown.text.is_empty() {
                text.extend(std::iter::repeat_n(' ', blanks));
                add_styled(text, shown, colour);
                blanks = 0;
            }
            blanks += behind + GAP;
        }
        text.push('\n');
    }
}

fn add_styled(text: &mut String, shown: &Shown, colour: bool) {
    let style = match shown.cell {
        Some(Cell::Verdict(true)) if colour => "\x1b[32m",
        Some(Cell::Verdict(false)) if colour => "\x1b[1;31m",
        _ => "",
    };
    text.push_str(style);
    text.push_str(&shown.text);
    if !style.is_empty() {
        text.push_str("\x1b[0m");
    }
}

/// How wide the columns are.
fn widths(table: &Table, rows: &[Vec<Shown>]) -> Vec<usize> {
    (0..table.columns.len())
        .map(|column| {
            let widths = rows.iter().map(|row| row[column].width);
            widths.filter(|width| *width <= WIDE).max().unwrap_or(0)
        })
        .collect()
}

/// How wide text can be so that rows fit into `width`, or nearly.
fn most_that_fits(table: &Table, rows: &[Vec<Shown>], width: usize) -> usize {
    let widths = (0..table.columns.len())
        .map(|column| rows.iter().map(|row| row[column].width).max().unwrap_or(0));
    let (mut fixed, mut text) = (GAP * table.columns.len().saturating_sub(1), Vec::new());
    for (column, width) in table.columns.iter().zip(widths) {
        if column.numeric {
            fixed += width;
        } else {
            text.push(width);
        }
    }
    let fits =
        |most: &usize| fixed + text.iter().map(|width| width.min(most)).sum::<usize>() <= width;
    (NARROW..=width.max(NARROW))
        .rev()
        .find(fits)
        .unwrap_or(NARROW)
}

#[cfg(test)]
mod tests {
    use super::super::document::Rows;
    use super::*;

    #[test]
    fn long_names_are_cut_on_a_terminal_and_nowhere_else() {
        let name = "serde_json::de::Deserializer::deserialize_any::<chat::Message>".repeat(2);
        let document = Document::default().table(
            Rows::of([name.as_str()])
                .text("name", |name| Cell::Name((*name).to_owned()))
                .text("crate", |_| Cell::Name("serde_json".to_owned()))
                .number("bytes", |_| Cell::Count(1_234_567)),
        );
        for (width, kept, all) in [
            (None, name.len(), name.len() + 23),
            (Some(200), name.len(), name.len() + 23),
            (Some(80), 56, 80),
            // Numbers and short names stay.
            (Some(40), 23, 47),
        ] {
            let text = render(&document, false, width);
            let lines: Vec<&str> = text.lines().collect();
            assert_eq!(lines.len(), 2, "{width:?}: {text}");
            assert!(lines[1].ends_with("serde_json  1,234,567"), "{text}");
            assert_eq!(lines[1].chars().count(), all, "{width:?}: {text}");
            let shown = lines[1].split("  ").next().unwrap_or_default();
            assert_eq!(shown.trim_end_matches(MARK), &name[..kept], "{text}");
            assert_eq!(shown.ends_with(MARK), kept < name.len(), "{text}");
        }
    }

    #[test]
    fn a_name_longer_than_any_line_widens_no_other_row() {
        let long = "x".repeat(1_000_000);
        let document = Document::default().table(
            Rows::of([long.as_str(), "short"])
                .text("name", |name| Cell::Name((*name).to_owned()))
                .number("bytes", |_| Cell::Count(1)),
        );
        assert_eq!(
            render(&document, false, None),
            format!("name   bytes\n{long}      1\nshort      1\n")
        );
        assert!(render(&document, false, Some(80)).len() < 300);
    }
}
