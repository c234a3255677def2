//! Measurements and verdicts as text: one file per format.

mod json;
mod text;

use crate::judge::Verdict;
use crate::measure::Report;

pub use json::Json;
pub use text::Text;

/// One output format. What it returns ends with a newline.
pub trait Renderer {
    /// The sizes of files.
    fn report(&self, report: &Report) -> String;

    /// The findings about a file.
    fn verdict(&self, verdict: &Verdict) -> String;
}
