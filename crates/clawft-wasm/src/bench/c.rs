//! C's allocation functions, called as C would.

#![allow(unsafe_code, reason = "an allocator is unsafe by nature")]

use std::alloc::{GlobalAlloc, Layout};
use std::ffi::{c_int, c_void};
use std::ptr::null_mut;

unsafe extern "C" {
    fn malloc(size: usize) -> *mut c_void;
    fn calloc(count: usize, size: usize) -> *mut c_void;
    fn realloc(pointer: *mut c_void, size: usize) -> *mut c_void;
    fn free(pointer: *mut c_void);
    fn aligned_alloc(align: usize, size: usize) -> *mut c_void;
    fn posix_memalign(out: *mut *mut c_void, align: usize, size: usize) -> c_int;
}

/// C's `alignof(max_align_t)` on wasm32: what `malloc`, `calloc` and `realloc` align to.
const MALLOC_ALIGN: usize = 16;

/// C's functions as a Rust allocator. Of the two that align, blocks of an even size come from `aligned_alloc` and the
/// others from `posix_memalign`.
pub(super) struct C;

// SAFETY: C's functions promise what is asked here: blocks of the size and alignment, apart from each other, that keep
// their contents. Where C promises no alignment for a reallocation, it is an allocation and a copy.
unsafe impl GlobalAlloc for C {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let (size, align) = (layout.size(), layout.align());
        // SAFETY: the alignment is a power of two that is larger than a pointer where C asks for that.
        unsafe {
            if align <= MALLOC_ALIGN {
                malloc(size).cast()
            } else if size.is_multiple_of(2) {
                aligned_alloc(align, size).cast()
            } else {
                let mut pointer = null_mut();
                match posix_memalign(&raw mut pointer, align, size) {
                    0 => pointer.cast(),
                    _ => null_mut(),
                }
            }
        }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        if layout.align() <= MALLOC_ALIGN {
            // SAFETY: C takes any count and size.
            return unsafe { calloc(1, layout.size()).cast() };
        }
        // SAFETY: the caller's promise about `layout`; the block has that many bytes.
        unsafe {
            let block = self.alloc(layout);
            if !block.is_null() {
                block.write_bytes(0, layout.size());
            }
            block
        }
    }

    unsafe fn dealloc(&self, block: *mut u8, _layout: Layout) {
        // SAFETY: the caller's promise: the block came from one of C's functions, and is given back once.
        unsafe { free(block.cast()) };
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        if layout.align() <= MALLOC_ALIGN {
            // SAFETY: as in `dealloc`.
            return unsafe { realloc(block.cast(), new_size).cast() };
        }
        // SAFETY: the caller's promise about `new_size`; as many bytes are copied as both blocks have.
        unsafe {
            let new = self.alloc(Layout::from_size_align_unchecked(new_size, layout.align()));
            if !new.is_null() {
                new.copy_from_nonoverlapping(block, layout.size().min(new_size));
                self.dealloc(block, layout);
            }
            new
        }
    }
}
