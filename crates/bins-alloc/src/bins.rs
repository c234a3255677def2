//! The allocator.

#![allow(unsafe_code, reason = "an allocator is unsafe by nature")]

use core::alloc::{GlobalAlloc, Layout};
use core::cell::UnsafeCell;
use core::ptr::{null_mut, with_exposed_provenance_mut as pointer};

use crate::Memory;
use crate::holes::Holes;
use crate::memory::GRANULE;

/// Small blocks have at most this many bytes, and go to bins.
pub(crate) const SMALL: usize = 32 * GRANULE;

/// There is a bin for each of their sizes.
const BINS: usize = SMALL / GRANULE;

/// Bytes that small blocks are cut from.
const CHUNK: usize = 256 * GRANULE;

/// An allocator over some [`Memory`], for one thread: [`Sync`] only where there are no others.
pub struct Bins<M>(UnsafeCell<State<M>>);

// SAFETY: without atomics there is one thread.
#[cfg(all(target_arch = "wasm32", not(target_feature = "atomics")))]
unsafe impl<M> Sync for Bins<M> {}

impl<M> Bins<M> {
    /// An allocator that has no memory yet.
    pub const fn new(memory: M) -> Self {
        Self(UnsafeCell::new(State {
            bins: [null_mut(); BINS],
            chunk: 0,
            chunk_size: 0,
            holes: Holes::new(),
            started: false,
            memory,
        }))
    }
}

/// A free small block, at its own beginning.
struct Free {
    next: *mut Free,
}

struct State<M> {
    /// Free blocks of `GRANULE * (index + 1)` bytes.
    bins: [*mut Free; BINS],
    /// Where the rest of the chunk begins, and how many bytes that has.
    chunk: usize,
    chunk_size: usize,
    holes: Holes,
    /// Whether the memory that is there from the start is among the holes.
    started: bool,
    memory: M,
}

/// The size in whole granules. It does not overflow: the size of a layout is at most `isize::MAX`.
const fn round(size: usize) -> usize {
    (size + (GRANULE - 1)) & !(GRANULE - 1)
}

/// Whether such a block comes from a bin.
const fn is_small(size: usize, align: usize) -> bool {
    size <= SMALL && align <= GRANULE
}

impl<M: Memory> State<M> {
    /// Takes so many bytes from a hole: from the largest for a block that is `growing`, since it will grow again, and
    /// else from the first that has them. Returns 0 when there is no memory.
    #[inline(never)]
    fn take(&mut self, size: usize, growing: bool) -> usize {
        loop {
            let least = if growing {
                size.max(self.holes.most())
            } else {
                size
            };
            let start = self.holes.take(size, least);
            if start != 0 {
                return start;
            }
            if self.started {
                break;
            }
            self.started = true;
            let (start, size) = self.memory.initial();
            self.add(start, size);
        }
        let start = self.holes.last(self.memory.end());
        if self.extend(start, size) { start } else { 0 }
    }

    /// Takes so many bytes from `start`, where a hole begins or could begin, if it has them, or ends where memory can grow.
    fn extend(&mut self, start: usize, size: usize) -> bool {
        while let Err(hole) = self.holes.take_at(start, size) {
            let end = self.memory.end();
            if start + hole != end || !self.add(end, self.memory.grow(size - hole)) {
                return false;
            }
        }
        true
    }

    /// Makes a hole of memory that was handed out; false when none was.
    fn add(&mut self, start: usize, size: usize) -> bool {
        if size != 0 {
            // SAFETY: it is ours alone, as `Memory` promises, and nothing of it is in a block or a hole yet.
            unsafe { self.holes.give(start, size) };
        }
        size != 0
    }

    /// A block, or null when there is no memory.
    ///
    /// # Safety
    /// There is a layout of this size and alignment, and the size is not 0.
    #[inline(never)]
    unsafe fn obtain(&mut self, size: usize, align: usize, growing: bool) -> *mut u8 {
        let rounded = round(size);
        let mut spare = align;
        if align <= GRANULE {
            spare = 0;
            if size <= SMALL {
                let bin = self.bin(size);
                let block = *bin;
                if !block.is_null() {
                    // SAFETY: what is in a bin is free.
                    *bin = unsafe { (*block).next };
                    return block.cast();
                }
                if self.chunk_size < rounded {
                    let chunk = self.take(CHUNK, false);
                    if chunk != 0 {
                        if self.chunk_size != 0 {
                            // SAFETY: the rest of the chunk is ours, and in no block.
                            unsafe { self.holes.give(self.chunk, self.chunk_size) };
                        }
                        (self.chunk, self.chunk_size) = (chunk, CHUNK);
                    }
                }
                if self.chunk_size >= rounded {
                    let block = self.chunk;
                    self.chunk += rounded;
                    self.chunk_size -= rounded;
                    return pointer(block);
                }
                // There may be a smaller hole.
            }
        }
        let start = self.take(rounded + spare, growing);
        if start == 0 {
            return null_mut();
        }
        let block = (start + align - 1) & !(align - 1);
        let before = block - start;
        // SAFETY: what was taken before and after the block is in no block. Both are multiples of a granule.
        unsafe {
            if before != 0 {
                self.holes.give(start, before);
            }
            if spare != before {
                self.holes.give(block + rounded, spare - before);
            }
        }
        pointer(block)
    }

    /// The bin of small blocks of this size.
    fn bin(&mut self, size: usize) -> &mut *mut Free {
        &mut self.bins[(size - 1) / GRANULE % BINS]
    }

    /// Gives a block back.
    ///
    /// # Safety
    /// It was obtained with this size and alignment, and nobody uses it.
    #[inline(never)]
    unsafe fn release(&mut self, block: *mut u8, size: usize, align: usize) {
        if is_small(size, align) {
            let bin = self.bin(size);
            let block: *mut Free = block.cast();
            // SAFETY: the block is free, has a granule at least, and is aligned to one.
            unsafe { block.write(Free { next: *bin }) };
            *bin = block;
        } else {
            // SAFETY: the block is free, and has that many bytes.
            unsafe { self.holes.give(block.expose_provenance(), round(size)) };
        }
    }

    /// Makes a block larger or smaller, where it is or elsewhere; null when there is no memory.
    ///
    /// # Safety
    /// It was obtained with this size and alignment, and there is a layout of the new size, which is not 0, and the alignment.
    unsafe fn resize(
        &mut self,
        block: *mut u8,
        size: usize,
        align: usize,
        new_size: usize,
    ) -> *mut u8 {
        let (old, new) = (round(size), round(new_size));
        if old == new {
            return block;
        }
        if !is_small(size.min(new_size), align) {
            let start = block.expose_provenance();
            if new < old {
                // SAFETY: nobody uses the end of the block any more.
                unsafe { self.holes.give(start + new, old - new) };
                return block;
            }
            if self.extend(start + old, new - old) {
                return block;
            }
        }
        // SAFETY: the caller's promise; the blocks do not overlap, and both have as many bytes as are copied.
        unsafe {
            let moved = self.obtain(new_size, align, true);
            if !moved.is_null() {
                moved.copy_from_nonoverlapping(block, size.min(new_size));
                self.release(block, size, align);
            }
            moved
        }
    }
}

// SAFETY: blocks are as large and aligned as is asked for, apart from each other, stay where they are, and nothing unwinds.
// Nobody else has the state while it is borrowed: one thread has the allocator, and neither the functions here nor those of
// the memory ask the allocator for anything.
unsafe impl<M: Memory> GlobalAlloc for Bins<M> {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: as above, and the caller's promise.
        unsafe { (*self.0.get()).obtain(layout.size(), layout.align(), false) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: as above, and the caller's promise.
        unsafe { (*self.0.get()).release(block, layout.size(), layout.align()) }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        // SAFETY: as above, and the caller's promise.
        unsafe { (*self.0.get()).resize(block, layout.size(), layout.align(), new_size) }
    }
}

#[cfg(test)]
impl<M: Memory> Bins<M> {
    /// Where each hole begins, and its bytes; that they are as they should be.
    pub(crate) fn check(&self) -> std::vec::Vec<(usize, usize)> {
        // SAFETY: nobody has the state.
        unsafe { (*self.0.get()).holes.check() }
    }

    /// How deep the tree of holes is.
    pub(crate) fn depth(&self) -> usize {
        // SAFETY: as above.
        unsafe { (*self.0.get()).holes.depth() }
    }
}
