//! A plugin that is made of a library of its workspace, and of a file beside the crates.

/// How many words there are.
#[unsafe(no_mangle)]
pub extern "C" fn count() -> usize {
    words::count(include_str!("../../../words.txt"))
}
