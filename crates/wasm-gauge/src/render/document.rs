//! What every format can show: headings, paragraphs and tables.

use std::borrow::Cow;

use crate::escape::printable;
use crate::units::grouped;

/// Headings, paragraphs and tables in the order of reading.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Document {
    /// Its parts.
    pub blocks: Vec<Block>,
}

/// A part of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Block {
    /// A line over what follows.
    Heading(String),
    /// A line of prose.
    Paragraph(String),
    /// Rows under a header.
    Table(Table),
    /// What is shown when somebody asks for it, under a line that always is.
    Folded(String, Document),
}

/// Rows under a header, each with a cell per column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// The header.
    pub columns: Vec<Column>,
    /// The rows.
    pub rows: Vec<Vec<Cell>>,
}

/// One column's header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// The words.
    pub title: &'static str,
    /// Whether numbers stand under it, which are aligned at the right.
    pub numeric: bool,
}

/// One cell of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cell {
    /// Words, or a number with its unit.
    Text(String),
    /// A name from a binary: shown as it is, never as markup.
    Name(String),
    /// A count, of bytes where the header says nothing else.
    Count(u64),
    /// A difference, shown with its sign.
    Change(i64),
    /// Whether something holds.
    Verdict(bool),
    /// There is nothing to show.
    Nothing,
}

/// Rows of one type, and the columns of their table: of each its header, and what stands in it.
pub(super) struct Rows<'a, I: IntoIterator> {
    rows: I,
    columns: Vec<(Column, Box<CellOf<'a, I::Item>>)>,
}

/// What stands in a row.
type CellOf<'a, T> = dyn Fn(&T) -> Cell + 'a;

impl<'a, I: IntoIterator> Rows<'a, I> {
    /// These rows, yet without columns.
    pub(super) fn of(rows: I) -> Self {
        Rows {
            rows,
            columns: Vec::new(),
        }
    }

    /// Adds a column of words.
    pub(super) fn text(self, title: &'static str, cell: impl Fn(&I::Item) -> Cell + 'a) -> Self {
        self.column(title, false, cell)
    }

    /// Adds a column of numbers.
    pub(super) fn number(self, title: &'static str, cell: impl Fn(&I::Item) -> Cell + 'a) -> Self {
        self.column(title, true, cell)
    }

    /// Takes the column that was added last away again, unless it is `shown`.
    pub(super) fn when(mut self, shown: bool) -> Self {
        if !shown {
            self.columns.pop();
        }
        self
    }

    fn column(
        mut self,
        title: &'static str,
        numeric: bool,
        cell: impl Fn(&I::Item) -> Cell + 'a,
    ) -> Self {
        let column = Column { title, numeric };
        self.columns.push((column, Box::new(cell)));
        self
    }
}

impl Cell {
    /// What `cell` makes of a value, if there is one.
    pub(super) fn of<V>(value: Option<V>, cell: impl FnOnce(V) -> Cell) -> Cell {
        value.map_or(Cell::Nothing, cell)
    }

    /// The cell in plain characters.
    pub fn text(&self) -> String {
        match self {
            Cell::Text(text) | Cell::Name(text) => text.clone(),
            Cell::Count(count) => grouped(*count),
            Cell::Change(0) => "0".to_owned(),
            Cell::Change(change) => {
                let sign = if *change < 0 { '-' } else { '+' };
                format!("{sign}{}", grouped(change.unsigned_abs()))
            }
            Cell::Verdict(true) => "holds".to_owned(),
            Cell::Verdict(false) => "FAILS".to_owned(),
            Cell::Nothing => "-".to_owned(),
        }
    }
}

impl Document {
    /// The document with all that comes from files [made visible](printable).
    pub(super) fn printable(mut self) -> Self {
        let escape = |text: &mut String| {
            if let Cow::Owned(shown) = printable(text) {
                *text = shown;
            }
        };
        for block in &mut self.blocks {
            match block {
                Block::Folded(text, inner) => {
                    escape(text);
                    *inner = std::mem::take(inner).printable();
                }
                Block::Heading(text) | Block::Paragraph(text) => escape(text),
                Block::Table(table) => {
                    for cell in table.rows.iter_mut().flatten() {
                        if let Cell::Text(text) | Cell::Name(text) = cell {
                            escape(text);
                        }
                    }
                }
            }
        }
        self
    }

    /// Adds a heading.
    #[must_use]
    pub fn heading(mut self, text: impl Into<String>) -> Self {
        self.blocks.push(Block::Heading(text.into()));
        self
    }

    /// Adds a paragraph.
    #[must_use]
    pub fn paragraph(mut self, text: impl Into<String>) -> Self {
        self.blocks.push(Block::Paragraph(text.into()));
        self
    }

    /// Adds what is shown when somebody asks for it; nothing where there is nothing.
    #[must_use]
    pub fn folded(mut self, line: impl Into<String>, inner: Document) -> Self {
        if !inner.blocks.is_empty() {
            self.blocks.push(Block::Folded(line.into(), inner));
        }
        self
    }

    /// Adds all of `other`.
    #[must_use]
    pub fn and(mut self, other: Document) -> Self {
        self.blocks.extend(other.blocks);
        self
    }

    /// Adds a table.
    #[must_use]
    pub(super) fn table<I: IntoIterator>(mut self, rows: Rows<I>) -> Self {
        let (columns, cells): (Vec<_>, Vec<_>) = rows.columns.into_iter().unzip();
        let row = |row: I::Item| cells.iter().map(|cell| cell(&row)).collect();
        let rows = rows.rows.into_iter().map(row).collect();
        self.blocks.push(Block::Table(Table { columns, rows }));
        self
    }
}
