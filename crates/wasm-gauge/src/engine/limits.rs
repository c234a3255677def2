//! How much a store's instances may hold, and how much linear memory they do hold.

use wasmtime::{Error, ResourceLimiter, Result, Trap};

use super::Grants;
use crate::units::grouped;

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
    /// The same of `table_elements`.
    added_elements: usize,
    /// Why what an instance begins with was refused.
    refused: Option<String>,
    /// The most that may be run.
    max_fuel: u64,
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
            added_elements: 0,
            refused: None,
            max_fuel: grants.max_fuel,
        }
    }

    /// The most that may be run, in wasmtime's units of fuel.
    pub(super) fn max_fuel(&self) -> u64 {
        self.max_fuel
    }

    /// `error`, or in its place which of these limits was the cause.
    pub(super) fn explained(&self, error: Error) -> Error {
        match (error.downcast_ref::<Trap>(), &self.refused) {
            (Some(Trap::OutOfFuel), _) => Error::msg(format!(
                "used up its {} units of fuel, the most that it is granted",
                grouped(self.max_fuel)
            )),
            (None, Some(refused)) if is_of_minimum(&error) => Error::msg(refused.clone()),
            _ => error,
        }
    }

    /// Bytes of all linear memories together.
    pub(super) fn memory_bytes(&self) -> u64 {
        self.memory_bytes as u64
    }
}

/// Whether wasmtime says that a memory or a table was refused what it begins with.
fn is_of_minimum(error: &Error) -> bool {
    error
        .chain()
        .any(|cause| cause.to_string().contains(" minimum size of "))
}

impl ResourceLimiter for Limits {
    /// What is refused here, the guest sees fail: `memory.grow` gives -1.
    fn memory_growing(&mut self, current: usize, desired: usize, _: Option<usize>) -> Result<bool> {
        let added = desired - current;
        let left = |most: usize| most.saturating_sub(self.memory_bytes);
        self.added_bytes = 0;
        let refused = if added > left(self.granted_bytes) {
            format!(
                "it begins with more than the {} bytes of linear memory that it is granted",
                grouped(self.granted_bytes as u64)
            )
        } else if added > left(MAX_MEMORY_BYTES) {
            "its linear memories would be larger than 1 GiB, which is the limit here".to_owned()
        } else {
            self.added_bytes = added;
            self.memory_bytes += added;
            return Ok(true);
        };
        if current == 0 {
            self.refused = Some(refused);
        }
        Ok(false)
    }

    fn memory_grow_failed(&mut self, _: Error) -> Result<()> {
        self.memory_bytes -= std::mem::take(&mut self.added_bytes);
        Ok(())
    }

    fn table_growing(&mut self, current: usize, desired: usize, _: Option<usize>) -> Result<bool> {
        let added = desired - current;
        self.added_elements = 0;
        if added > MAX_TABLE_ELEMENTS - self.table_elements {
            if current == 0 {
                self.refused = Some(format!(
                    "its tables would have more than {MAX_TABLE_ELEMENTS} elements, which is the limit here"
                ));
            }
            return Ok(false);
        }
        self.added_elements = added;
        self.table_elements += added;
        Ok(true)
    }

    fn table_grow_failed(&mut self, _: Error) -> Result<()> {
        self.table_elements -= std::mem::take(&mut self.added_elements);
        Ok(())
    }
}
