//! What the agent may ask of the world around it.

/// The environment and the files that a configuration can refer to. Asked when an agent is made, never later.
pub trait Platform {
    /// The value of an environment variable, when it is set and Unicode.
    fn variable(&self, name: &str) -> Option<String>;

    /// A whole text file, when it exists, is UTF-8 and may be read.
    fn read(&self, path: &str) -> Option<String>;
}

/// A world with no environment and no files: what a guest sees whose host grants it nothing.
#[derive(Debug, Clone, Copy)]
pub struct Isolated;

impl Platform for Isolated {
    fn variable(&self, _name: &str) -> Option<String> {
        None
    }

    fn read(&self, _path: &str) -> Option<String> {
        None
    }
}
