//! What can go wrong, sorted by who has to do something about it.

/// A result with this crate's [`Error`].
pub type Result<T> = std::result::Result<T, Error>;

/// Why a command could not do its work. A judgement that fails is a result, not an error.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The arguments do not fit together, or an output cannot be written.
    #[error("{0}")]
    Usage(String),
    /// The policy file cannot be read or means nothing.
    #[error("{place}: {reason}")]
    Policy {
        /// File, and line and column where there is one: `gauge.toml:7:13`.
        place: String,
        /// What is wrong and what would be right.
        reason: String,
    },
    /// An input file is not what it should be.
    #[error("{place}: {reason}")]
    Input {
        /// File, and line where there is one.
        place: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A guest did not come back from a call.
    #[error("{place}: {reason}")]
    Trap {
        /// The call's file and line.
        place: String,
        /// What happened.
        reason: String,
    },
    /// An external program is missing or failed.
    #[error("{tool}: {reason}")]
    Tool {
        /// The program's name.
        tool: &'static str,
        /// What happened and what to do.
        reason: String,
    },
}
