//! GitHub's Markdown.

use std::fmt::Write;

use super::{Block, Cell, Document, Table};

pub(super) fn render(document: &Document) -> String {
    let blocks: Vec<String> = document
        .blocks
        .iter()
        .map(|block| match block {
            Block::Heading(text) => format!("### {}\n", escaped(text)),
            Block::Paragraph(text) => format!("{}\n", escaped(text)),
            Block::Table(table) => lines(table),
            Block::Folded(line, inner) => format!(
                "<details><summary>{}</summary>\n\n{}\n</details>\n",
                escaped(line),
                render(inner)
            ),
        })
        .collect();
    blocks.join("\n")
}

fn lines(table: &Table) -> String {
    let mut text = String::from("|");
    for column in &table.columns {
        _ = write!(text, " {} |", escaped(column.title));
    }
    text.push_str("\n|");
    for column in &table.columns {
        text.push_str(if column.numeric { "---:|" } else { "---|" });
    }
    text.push('\n');
    for row in &table.rows {
        text.push('|');
        for cell in row {
            _ = match cell {
                Cell::Name(name) => write!(text, " {} |", code(name)),
                Cell::Verdict(false) => write!(text, " **{}** |", cell.text()),
                _ => write!(text, " {} |", escaped(&cell.text())),
            };
        }
        text.push('\n');
    }
    text
}

/// Words without the characters that mean something to Markdown.
fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for c in text.chars() {
        if matches!(c, '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '|') {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}

/// A name as a code span, which only as many backticks as it begins with could end, and in a table a
/// bar. Nothing for no name.
fn code(name: &str) -> String {
    if name.is_empty() {
        return String::new();
    }
    // A backslash in front of a bar's own would take its meaning away.
    let name = name.replace("\\|", r"\u{5c}|").replace('|', "\\|");
    let longest = name.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    // One blank at each end is no part of a code span.
    let blank = if name.starts_with(['`', ' ']) || name.ends_with(['`', ' ']) {
        " "
    } else {
        ""
    };
    format!("{fence}{blank}{name}{blank}{fence}")
}

#[cfg(test)]
mod tests {
    use super::super::document::Rows;
    use super::*;

    #[test]
    fn names_and_words_keep_their_characters() {
        let document = Document::default().heading("a_b").paragraph("1 < 2").table(
            Rows::of([
                (Cell::Name("a|b".to_owned()), Cell::Count(1_234)),
                (Cell::Name("`".to_owned()), Cell::Change(-1_234)),
                (Cell::Name("a``b`".to_owned()), Cell::Change(0)),
                (Cell::Name("``".to_owned()), Cell::Change(0)),
                (Cell::Name(" a ".to_owned()), Cell::Change(0)),
                (Cell::Name(r"a\|b".to_owned()), Cell::Change(0)),
                (Cell::Name(String::new()), Cell::Nothing),
                (Cell::Text("x*y".to_owned()), Cell::Verdict(false)),
            ])
            .text("name", |(name, _)| name.clone())
            .number("bytes", |(_, bytes)| bytes.clone()),
        );
        assert_eq!(
            render(&document),
            "### a\\_b\n\n1 \\< 2\n\n| name | bytes |\n|---|---:|\n| `a\\|b` | 1,234 |\n\
             | `` ` `` | -1,234 |\n| ``` a``b` ``` | 0 |\n| ``` `` ``` | 0 |\n| `  a  ` | 0 |\n\
             | `a\\u{5c}\\|b` | 0 |\n|  | - |\n| x\\*y | **FAILS** |\n"
        );
    }
}
