//! What is asked of a record and is not there.

use super::tools::of_backend;

/// What there is none of, so that nothing can be added to it or shown of it.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum Missing {
    /// Measurements of a variant.
    #[error("there are no measurements of `{0}`")]
    Measurements(String),
    /// A column of the baseline.
    #[error("there is no column of {tools}{}", of_backend(backend.as_deref()))]
    Column {
        /// The tools that made what the column would be of.
        tools: String,
        /// The backend that they are of.
        backend: Option<String>,
    },
    /// A column of the baseline that has native programs.
    #[error("there is no column{} with programs", of_backend(backend.as_deref()))]
    Programs {
        /// The backend that it would be of.
        backend: Option<String>,
    },
    /// A variant or a program with the same bytes as this one.
    #[error("`{0}` is not the one that is recorded")]
    Same(String),
    /// A native program.
    #[error("there is no program `{0}`")]
    Program(String),
    /// What running native programs came to.
    #[error("nothing was run")]
    Runs,
}
