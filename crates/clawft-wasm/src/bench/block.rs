//! A block from the allocator, as std's collections ask for it.

#![allow(unsafe_code, reason = "it calls the allocator as std's collections do")]

use std::alloc::{Layout, alloc, dealloc, handle_alloc_error, realloc};

/// A block of at least one byte whose first and last byte are written.
pub(super) struct Block {
    start: *mut u8,
    layout: Layout,
}

impl Block {
    pub(super) fn new(layout: Layout, mark: u8) -> Self {
        assert!(layout.size() > 0, "no block is empty");
        // SAFETY: the layout is not empty.
        let start = unsafe { alloc(layout) };
        if start.is_null() {
            handle_alloc_error(layout);
        }
        // SAFETY: the block has a first byte.
        unsafe { start.write(mark) };
        let mut block = Self { start, layout };
        block.mark_end(mark);
        block
    }

    /// Makes it at least one byte long. If it grows, what was its last byte becomes part of the new one, so that the
    /// contents must have come along.
    pub(super) fn resize(&mut self, size: usize, mark: u8) {
        assert!(size > 0, "no block is empty");
        let old = self.layout;
        let new =
            Layout::from_size_align(size, old.align()).expect("a block that was allocated once");
        // SAFETY: the block has the old layout, and the new one is not empty.
        let start = unsafe { realloc(self.start, old, size) };
        if start.is_null() {
            handle_alloc_error(new);
        }
        (self.start, self.layout) = (start, new);
        let kept = if size > old.size() {
            // SAFETY: the old last byte was written, and is within the block.
            unsafe { start.add(old.size() - 1).read() }
        } else {
            0
        };
        self.mark_end(mark ^ kept);
    }

    fn mark_end(&mut self, mark: u8) {
        // SAFETY: the block is that long.
        unsafe { self.start.add(self.layout.size() - 1).write(mark) };
    }

    /// Its bytes.
    pub(super) fn size(&self) -> usize {
        self.layout.size()
    }

    /// First and last byte.
    pub(super) fn ends(&self) -> u64 {
        // SAFETY: both were written.
        let ends = unsafe {
            [
                self.start.read(),
                self.start.add(self.layout.size() - 1).read(),
            ]
        };
        u64::from(u16::from_le_bytes(ends))
    }
}

impl Drop for Block {
    fn drop(&mut self) {
        // SAFETY: the block has this layout, and no one knows it any more.
        unsafe { dealloc(self.start, self.layout) };
    }
}
