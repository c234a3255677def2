//! How much a store's instances may hold, and how much linear memory they do hold.

use wasmtime::{Error, ResourceLimiter, Result};

use super::Grants;

/// The most that all linear memories may come to, in bytes: 1 GiB.
const MAX_MEMORY_BYTES: usize = 1 << 30;

/// The most elements that all tables may have: 2^20, of 8 bytes each.
pub(super) const MAX_TABLE_ELEMENTS: usize = 1 << 20;

/// What the instances of a store hold. Neither memories nor tables ever shrink, so this is also the
/// most that they ever held.
pub(super) struct Limits {
    /// The most that the guest is granted; beyond it growth fails as it does where memory is short.
    granted_bytes: usize,
    memory_bytes: usize,
    /// What the growth that was allowed last adds to `memory_bytes`.
    added_bytes: usize,
    table_elements: usize,
}

impl Limits {
    pub(super) fn new(grants: &Grants) -> Self {
        let granted = grants.max_memory_bytes;
        Limits {
            granted_bytes: granted.map_or(usize::MAX, |bytes| {
                usize::try_from(bytes).unwrap_or(usize::MAX)
            }),
            memory_bytes: 0,
            added_bytes: 0,
            table_elements: 0,
        }
    }

    /// Bytes of all linear memories together.
    pub(super) fn memory_bytes(&self) -> u64 {
        self.memory_bytes as u64
    }
}

impl ResourceLimiter for Limits {
    fn memory_growing(&mut self, current: usize, desired: usize, _: Option<usize>) -> Result<bool> {
        let added = desired - current;
        if added > self.granted_bytes.saturating_sub(self.memory_bytes) {
            self.added_bytes = 0;
            return Ok(false);
        }
        if added > MAX_MEMORY_BYTES - self.memory_bytes {
            return Err(Error::msg(
                "its linear memories would be larger than 1 GiB, which is the limit here",
            ));
        }
        self.added_bytes = added;
        self.memory_bytes += added;
        Ok(true)
    }

    fn memory_grow_failed(&mut self, _: Error) -> Result<()> {
        self.memory_bytes -= std::mem::take(&mut self.added_bytes);
        Ok(())
    }

    fn table_growing(&mut self, current: usize, desired: usize, _: Option<usize>) -> Result<bool> {
        let added = desired - current;
        if added > MAX_TABLE_ELEMENTS - self.table_elements {
            return Err(Error::msg(format!(
                "its tables would have more than {MAX_TABLE_ELEMENTS} elements, which is the limit here"
            )));
        }
        self.table_elements += added;
        Ok(true)
    }
}
