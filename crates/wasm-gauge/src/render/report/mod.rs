//! The report over all variants: for people at a terminal, in a pull request, and as a page.

mod page;
mod plots;
mod treemap;
mod words;

pub use page::page;
pub use words::comment;
