//! A recorded trace: what an agent asked of its allocator, in order.
//!
//! A trace is a file of records of 6 bytes, one an operation, little-endian:
//!
//! ```text
//! bits 0-1    what: 0 frees, 1 reallocates, 2 allocates
//! bits 2-4    alignment, as a power of two (allocations)
//! bits 5-15   slot, a number that names the block while it is live
//! bits 16-47  bytes, the new ones of a reallocation; 0 when it frees
//! ```
//!
//! `mixed.trace` was recorded by `tests/mixed_trace.rs` (which says how to do so again) on x86_64 Linux: the first 10,000
//! operations of a session that keeps the latest 20 messages and whose tools find up to 128 KiB. Pointers have 64 bits
//! there, so a block that holds pointers is up to twice as large as in WebAssembly; texts, by far the most bytes, are the
//! same.

use std::alloc::Layout;

/// What the agent asked for.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Operation {
    Allocate { slot: usize, layout: Layout },
    Reallocate { slot: usize, size: usize },
    Free { slot: usize },
}

/// The operations of a trace.
pub(crate) fn operations(trace: &[u8]) -> impl Iterator<Item = Operation> {
    trace
        .as_chunks::<6>()
        .0
        .iter()
        .map(|[low, high, size @ ..]| {
            let head = usize::from(u16::from_le_bytes([*low, *high]));
            let slot = head >> 5;
            let size = u32::from_le_bytes(*size) as usize;
            match head & 3 {
                0 => Operation::Free { slot },
                1 => Operation::Reallocate { slot, size },
                _ => {
                    let layout = Layout::from_size_align(size, 1 << (head >> 2 & 7));
                    let layout = layout.expect("a block that was allocated once");
                    Operation::Allocate { slot, layout }
                }
            }
        })
}
