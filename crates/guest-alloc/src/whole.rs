//! An allocator whose `realloc` stays one function.

#![allow(unsafe_code, reason = "an allocator is unsafe by nature")]

use core::alloc::{GlobalAlloc, Layout};

/// Forwards every request. Of dlmalloc's `realloc` LLVM would make a copy in each of its callers, which costs 475 bytes.
pub(crate) struct Whole<A>(pub(crate) A);

// SAFETY: every request goes to the allocator inside as it came, and its answer comes back unchanged.
unsafe impl<A: GlobalAlloc> GlobalAlloc for Whole<A> {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's promise is the one that the allocator inside asks for; so below.
        unsafe { self.0.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: as above.
        unsafe { self.0.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: as above: what we handed out came from the allocator inside.
        unsafe { self.0.dealloc(block, layout) };
    }

    #[inline(never)]
    unsafe fn realloc(&self, block: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        // SAFETY: as in `dealloc`.
        unsafe { self.0.realloc(block, layout, new_size) }
    }
}
