//! How much linear memory a store's instances hold.

use wasmtime::{Error, ResourceLimiter, Result};

/// Bytes of all linear memories of a store together. Linear memory never shrinks, so this is also
/// the most they ever had.
#[derive(Default)]
pub(super) struct MemoryBytes {
    held: usize,
    /// What the growth that was allowed last adds.
    added: usize,
}

impl MemoryBytes {
    pub(super) fn held(&self) -> u64 {
        self.held as u64
    }
}

impl ResourceLimiter for MemoryBytes {
    fn memory_growing(&mut self, current: usize, desired: usize, _: Option<usize>) -> Result<bool> {
        self.added = desired - current;
        self.held += self.added;
        Ok(true)
    }

    fn memory_grow_failed(&mut self, _: Error) -> Result<()> {
        self.held -= std::mem::take(&mut self.added);
        Ok(())
    }

    fn table_growing(&mut self, _: usize, _: usize, _: Option<usize>) -> Result<bool> {
        Ok(true)
    }
}
