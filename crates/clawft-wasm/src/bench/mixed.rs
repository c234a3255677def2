//! The recorded trace, replayed.

#![allow(unsafe_code, reason = "it calls the allocator as std's collections do")]

use std::alloc::{Layout, alloc, dealloc, handle_alloc_error, realloc};

use super::trace::{Operation, operations};
use super::{Checksum, Work};

const TRACE: &[u8] = include_bytes!("mixed.trace");

pub(super) struct Mixed {
    slots: Vec<Option<Block>>,
}

impl Work for Mixed {
    fn prepare() -> Self {
        let slots = operations(TRACE).map(|operation| match operation {
            Operation::Allocate { slot, .. } => slot + 1,
            Operation::Reallocate { .. } | Operation::Free { .. } => 0,
        });
        let mut blocks = Vec::new();
        blocks.resize_with(slots.max().unwrap_or(0), || None);
        Self { slots: blocks }
    }

    fn repeat(&mut self, checksum: &mut Checksum) -> u64 {
        let mut count = 0;
        for operation in operations(TRACE) {
            count += 1;
            let mark = count as u8;
            match operation {
                Operation::Allocate { slot, layout } => {
                    self.slots[slot] = Some(Block::new(layout, mark));
                }
                Operation::Reallocate { slot, size } => {
                    let block = self.slots[slot].as_mut().expect("a live block");
                    block.resize(size, mark);
                    checksum.word(block.ends());
                }
                Operation::Free { slot } => {
                    let block = self.slots[slot].take().expect("a live block");
                    checksum.word(block.ends());
                }
            }
        }
        // What the recording left live.
        for block in self.slots.iter_mut().filter_map(Option::take) {
            checksum.word(block.ends());
        }
        count
    }
}

/// A block of at least one byte whose first and last byte are written.
struct Block {
    start: *mut u8,
    layout: Layout,
}

impl Block {
    fn new(layout: Layout, mark: u8) -> Self {
        assert!(layout.size() > 0, "a trace has no blocks of nothing");
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
    fn resize(&mut self, size: usize, mark: u8) {
        assert!(size > 0, "a trace has no blocks of nothing");
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

    /// First and last byte.
    fn ends(&self) -> u64 {
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
