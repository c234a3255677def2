//! JSON, indented.

use serde::Serialize;

pub(super) fn render(value: &impl Serialize) -> String {
    // Fails for maps with keys that are not text and for writers that fail: neither is possible here.
    let mut text = serde_json::to_string_pretty(value).expect("plain data is always valid JSON");
    text.push('\n');
    text
}
