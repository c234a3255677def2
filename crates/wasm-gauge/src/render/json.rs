//! JSON, indented; the same input gives the same bytes.

use serde::Serialize;

use super::Renderer;
use crate::judge::Verdict;
use crate::measure::Report;

/// Renders JSON.
#[derive(Debug)]
pub struct Json;

impl Renderer for Json {
    fn report(&self, report: &Report) -> String {
        pretty(report)
    }

    fn verdict(&self, verdict: &Verdict) -> String {
        pretty(verdict)
    }
}

fn pretty(value: &impl Serialize) -> String {
    // Fails for maps with keys that are not text and for writers that fail: neither is possible here.
    let mut text = serde_json::to_string_pretty(value).expect("plain data is always valid JSON");
    text.push('\n');
    text
}
