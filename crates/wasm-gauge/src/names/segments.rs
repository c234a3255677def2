//! The segments of a path.

/// The segments of `path`: what is between its `::`, but not of those within brackets.
pub fn segments(path: &str) -> Vec<&str> {
    let bytes = path.as_bytes();
    let (mut segments, mut start, mut depth, mut at) = (Vec::new(), 0, 0_usize, 0);
    while at < bytes.len() {
        match bytes[at] {
            b'<' | b'(' | b'[' | b'{' => depth += 1,
            // The arrow of a function's type closes nothing.
            b'>' if at > 0 && bytes[at - 1] == b'-' => {}
            b'>' | b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            b':' if depth == 0 && bytes.get(at + 1) == Some(&b':') => {
                segments.push(&path[start..at]);
                at += 1;
                start = at + 1;
            }
            _ => {}
        }
        at += 1;
    }
    segments.push(&path[start..]);
    segments.retain(|segment| !segment.is_empty());
    segments
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn segments_are_split_outside_brackets() {
        for (path, expected) in [
            ("core::fmt::write", vec!["core", "fmt", "write"]),
            (
                "<alloc::vec::Vec<T> as core::ops::Drop>::drop",
                vec!["<alloc::vec::Vec<T> as core::ops::Drop>", "drop"],
            ),
            (
                "demo::call::<fn(&str) -> core::fmt::Error>::{closure#0}",
                vec![
                    "demo",
                    "call",
                    "<fn(&str) -> core::fmt::Error>",
                    "{closure#0}",
                ],
            ),
            ("memcpy", vec!["memcpy"]),
            ("", vec![]),
            ("::", vec![]),
            ("a>::b", vec!["a>", "b"]),
            ("a<::b", vec!["a<::b"]),
            ("ü::ö", vec!["ü", "ö"]),
        ] {
            assert_eq!(segments(path), expected, "{path}");
        }
    }
}
