//! WebAssembly's linear memory.

#![allow(unsafe_code, reason = "linear memory is a plain range of addresses")]

use core::arch::wasm32::{memory_grow, memory_size};

use crate::Memory;
use crate::memory::GRANULE;

const PAGE: usize = 65_536;

const _: () = assert!(
    !cfg!(target_feature = "atomics"),
    "bins-alloc is for guests without threads"
);

/// Linear memory: what lies above stack and static data when the instance starts, and the pages that it grows by. Pages that
/// somebody else has grown are left alone.
#[derive(Debug)]
pub struct Linear(());

impl Linear {
    /// Linear memory, for one allocator.
    ///
    /// # Safety
    /// Nobody else, no other `Linear` either, uses what lies between wasm-ld's `__heap_base` and `__heap_end`; the stack is
    /// below, as wasm-ld puts it unless it is told otherwise.
    pub const unsafe fn new() -> Self {
        Self(())
    }
}

// SAFETY: wasm-ld aligns `__heap_base` to 16, and `__heap_end` is where the memory ends that the module declares; what lies
// between is ours, as who made it promised. `memory.grow` hands out pages that nobody has. The last
// granule of 4 GiB is left out. A pointer into linear memory is its address, whatever it was derived from.
unsafe impl Memory for Linear {
    fn initial(&self) -> (usize, usize) {
        unsafe extern "C" {
            static __heap_base: u8;
            static __heap_end: u8;
        }
        let (base, end) = (
            (&raw const __heap_base).addr(),
            (&raw const __heap_end).addr(),
        );
        (base, end - base)
    }

    fn end(&self) -> usize {
        memory_size(0).wrapping_mul(PAGE)
    }

    // Memory grows in one place of the binary.
    #[inline(never)]
    fn grow(&self, least: usize) -> usize {
        let pages = least.div_ceil(PAGE);
        let before = memory_grow(0, pages);
        if before == usize::MAX {
            return 0;
        }
        // 4 GiB do not fit in a usize, but then the last granule is not handed out.
        let last = if before + pages == 1 << 16 {
            GRANULE
        } else {
            0
        };
        pages.wrapping_mul(PAGE).wrapping_sub(last)
    }
}
