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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_there_is_read_and_what_is_not_is_absent() {
        let version = Wasi.variable("CARGO_PKG_VERSION");
        assert_eq!(version.as_deref(), Some(env!("CARGO_PKG_VERSION")));
        assert_eq!(Wasi.variable("CLAWFT_NO_SUCH_VARIABLE"), None);
        let wit = Wasi.read("wit/agent.wit");
        assert_eq!(wit.as_deref(), Some(include_str!("../wit/agent.wit")));
        assert_eq!(Wasi.read("no/such/file"), None);
    }
}
