//! What a binary is to be small by.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::Result;
use crate::measure::{Gzip, brotli_size};

/// What a binary is to be small by: the bytes that it is shipped as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Goal {
    /// As it is.
    Raw,
    /// Through `gzip -9`.
    Gzip,
    /// Through Brotli at quality 11.
    Brotli,
}

impl fmt::Display for Goal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Goal::Raw => "raw",
            Goal::Gzip => "gzip",
            Goal::Brotli => "brotli",
        })
    }
}

/// A size by which the smaller of two binaries is told: what counts first, then the bytes as they are.
pub(super) type ScaledSize = (u64, u64);

/// Measures by a goal.
pub(super) enum Scale {
    Raw,
    Gzip(Gzip),
    Brotli,
}

impl Scale {
    /// # Errors
    /// [`crate::Error::Tool`] when gzip is needed and there is none.
    pub(super) fn new(goal: Goal) -> Result<Self> {
        Ok(match goal {
            Goal::Raw => Scale::Raw,
            Goal::Gzip => Scale::Gzip(Gzip::find()?),
            Goal::Brotli => Scale::Brotli,
        })
    }

    /// # Errors
    /// [`crate::Error::Tool`] when gzip fails.
    pub(super) fn size(&self, bytes: &[u8]) -> Result<ScaledSize> {
        let raw = bytes.len() as u64;
        let shipped = match self {
            Scale::Raw => raw,
            Scale::Gzip(gzip) => gzip.size(bytes)?,
            Scale::Brotli => brotli_size(bytes),
        };
        Ok((shipped, raw))
    }
}
