//! The environment and the files that the host grants, through std. A host that grants none is no error here: what
//! cannot be read is absent, and the agent says what it misses.

use clawft_agent::Platform;

/// WASI, as std shows it.
pub(crate) struct Wasi;

impl Platform for Wasi {
    fn variable(&self, name: &str) -> Option<String> {
        std::env::var(name).ok()
    }

    fn read(&self, path: &str) -> Option<String> {
        std::fs::read_to_string(path).ok()
    }
}
