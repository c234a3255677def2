//! Text from files and programs, made safe to show.

use std::borrow::Cow;

/// `text` on one line, with every character visible: those that steer a terminal, end a line, turn the
/// direction of writing or take no place stand as Rust escapes them, `\n` and `\u{1b}`.
pub fn printable(text: &str) -> Cow<'_, str> {
    escaped(text, is_invisible)
}

/// The same, but lines stay lines.
pub fn printable_lines(text: &str) -> Cow<'_, str> {
    escaped(text, |c| c != '\n' && is_invisible(c))
}

/// Whether a reader cannot see that the character is there.
pub(crate) fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

fn escaped(text: &str, is_escaped: impl Fn(char) -> bool) -> Cow<'_, str> {
    if !text.contains(&is_escaped) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::new();
    for c in text.chars() {
        if is_escaped(c) {
            shown.extend(c.escape_default());
        } else {
            shown.push(c);
        }
    }
    Cow::Owned(shown)
}
