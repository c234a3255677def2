//! JSON, indented.

use std::fmt::Write;

use serde::Serialize;

use crate::escape::is_invisible;

pub(super) fn render(value: &impl Serialize) -> String {
    // Fails for maps with keys that are not text and for writers that fail: neither is possible here.
    let json = serde_json::to_string_pretty(value).expect("plain data is always valid JSON");
    let mut text = String::new();
    for c in json.chars() {
        // Outside of strings there are no such characters but the ends of lines.
        if c != '\n' && is_invisible(c) {
            for unit in c.encode_utf16(&mut [0; 2]) {
                _ = write!(text, "\\u{unit:04x}");
            }
        } else {
            text.push(c);
        }
    }
    text.push('\n');
    text
}
