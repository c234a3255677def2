//! What made the files, in words.

use std::collections::BTreeMap;

/// Tools with their versions: `gzip 1.14, rustc 1.93.1`.
pub(crate) fn tool_list(tools: &BTreeMap<String, String>) -> String {
    let tools: Vec<String> = tools
        .iter()
        .map(|(name, version)| format!("{name} {version}"))
        .collect();
    tools.join(", ")
}

/// ` of debian`, or nothing where no backend was said.
pub(crate) fn of_backend(backend: Option<&str>) -> String {
    backend.map_or_else(String::new, |name| format!(" of {name}"))
}
