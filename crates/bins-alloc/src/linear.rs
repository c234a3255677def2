//! WebAssembly's linear memory.

#![allow(unsafe_code, reason = "linear memory is a plain range of addresses")]

use core::arch::wasm32::{memory_grow, memory_size};

use crate::Memory;

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
// between is ours, as who made it promised. `memory.grow` hands out pages that nobody has. The pages
// that reach 4 GiB are left out. A pointer into linear memory is its address, whatever it was derived from.
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
        // Rounded up. What overflows asks for no page, and is not to be had.
        let pages = least.wrapping_add(PAGE - 1) / PAGE;
        let before = memory_grow(0, pages);
        let after = before.wrapping_add(pages);
        // There was no memory, or it has 4 GiB now, which no usize can tell.
        if (before | after) >= 1 << 16 {
            return 0;
        }
        pages * PAGE
    }
}
