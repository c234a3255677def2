//! The allocator on memory that is none of WebAssembly's, beside a model.

#![allow(unsafe_code, reason = "an allocator is unsafe by nature")]

use core::alloc::{GlobalAlloc, Layout};
use std::alloc::System;
use std::cell::Cell;

use proptest::prelude::*;

use crate::memory::GRANULE;
use crate::{Bins, Memory};

/// What memory grows by.
const PAGE: usize = 4096;

/// Memory in one stretch of bytes, of which ever more is handed out; others can take pages of it too.
struct Fake {
    start: *mut u8,
    layout: Layout,
    /// Bytes that are there from the start.
    initial: usize,
    /// Bytes that are there now.
    size: Cell<usize>,
}

impl Fake {
    fn new(initial: usize, pages: usize) -> Self {
        let layout = Layout::from_size_align(initial + pages * PAGE, PAGE).expect("a layout");
        // SAFETY: the layout is not empty.
        let start = unsafe { System.alloc(layout) };
        assert!(!start.is_null());
        // SAFETY: the bytes are ours. Nothing relies on what memory holds at first.
        unsafe { start.write_bytes(0xA5, layout.size()) };
        start.expose_provenance();
        Self {
            start,
            layout,
            initial,
            size: Cell::new(initial),
        }
    }
}

impl Drop for Fake {
    fn drop(&mut self) {
        // SAFETY: it was allocated with this layout.
        unsafe { System.dealloc(self.start, self.layout) };
    }
}

// SAFETY: the stretch is aligned, allocated as long as this lives, and exposed; what was handed out is not handed out again.
unsafe impl Memory for &Fake {
    fn initial(&self) -> (usize, usize) {
        (self.start.addr(), self.initial)
    }

    fn end(&self) -> usize {
        self.start.addr() + self.size.get()
    }

    fn grow(&self, least: usize) -> usize {
        let more = least.next_multiple_of(PAGE);
        if more > self.layout.size() - self.size.get() {
            return 0;
        }
        self.size.set(self.size.get() + more);
        more
    }
}

/// A block that is live, and what is written in it.
struct Block {
    start: *mut u8,
    layout: Layout,
    mark: u8,
}

impl Block {
    /// A block that was just made: it is where and as it should be.
    fn new(start: *mut u8, layout: Layout, mark: u8, others: &[Block]) -> Self {
        assert_eq!(start.addr() % layout.align(), 0);
        let end = |start: *mut u8, layout: Layout| start.addr() + layout.size();
        for other in others {
            let apart = end(start, layout) <= other.start.addr()
                || end(other.start, other.layout) <= start.addr();
            assert!(
                apart,
                "{layout:?} at {start:?} overlaps {:?} at {:?}",
                other.layout, other.start
            );
        }
        let block = Self {
            start,
            layout,
            mark,
        };
        block.fill();
        block
    }

    fn fill(&self) {
        // SAFETY: the block has that many bytes.
        unsafe { self.start.write_bytes(self.mark, self.layout.size()) };
    }

    /// That the first `size` bytes are what was written.
    fn check(&self, size: usize) {
        // SAFETY: the block has that many bytes at least, and they were written.
        let bytes = unsafe { std::slice::from_raw_parts(self.start, size) };
        assert!(
            bytes.iter().all(|byte| *byte == self.mark),
            "{:?} at {:?} has changed",
            self.layout,
            self.start
        );
    }
}

#[derive(Debug, Clone)]
enum Step {
    Allocate {
        layout: Layout,
        zeroed: bool,
    },
    Reallocate {
        which: usize,
        size: usize,
    },
    Free {
        which: usize,
    },
    /// Somebody else grows memory.
    Foreign {
        pages: usize,
    },
}

fn sizes() -> impl Strategy<Value = usize> {
    prop_oneof![4 => 1..=600_usize, 2 => 500..5000_usize, 1 => 1..=40_000_usize]
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let layout = (sizes(), prop_oneof![3 => 0..5_u32, 1 => 0..13_u32])
        .prop_map(|(size, power)| Layout::from_size_align(size, 1 << power).expect("a layout"));
    let step = prop_oneof![
        8 => (layout, any::<bool>()).prop_map(|(layout, zeroed)| Step::Allocate { layout, zeroed }),
        5 => (any::<usize>(), sizes()).prop_map(|(which, size)| Step::Reallocate { which, size }),
        5 => any::<usize>().prop_map(|which| Step::Free { which }),
        1 => (1..4_usize).prop_map(|pages| Step::Foreign { pages }),
    ];
    prop::collection::vec(step, 1..200)
}

/// Takes the steps, and gives back what is left: all memory is free then, and in as few holes as it can be.
fn run(fake: &Fake, steps: Vec<Step>) -> Bins<&Fake> {
    let bins = Bins::new(fake);
    let mut live: Vec<Block> = Vec::new();
    for (mark, step) in (1_u8..=255).cycle().zip(steps) {
        // SAFETY: layouts are not empty, and blocks are used with their own.
        unsafe {
            match step {
                Step::Allocate { layout, zeroed } => {
                    let start = if zeroed {
                        bins.alloc_zeroed(layout)
                    } else {
                        bins.alloc(layout)
                    };
                    if start.is_null() {
                        continue;
                    }
                    if zeroed {
                        Block {
                            start,
                            layout,
                            mark: 0,
                        }
                        .check(layout.size());
                    }
                    live.push(Block::new(start, layout, mark, &live));
                }
                Step::Reallocate { which, size } if !live.is_empty() => {
                    let mut block = live.swap_remove(which % live.len());
                    let start = bins.realloc(block.start, block.layout, size);
                    if !start.is_null() {
                        let kept = block.layout.size().min(size);
                        block.start = start;
                        block.layout =
                            Layout::from_size_align(size, block.layout.align()).expect("a layout");
                        block.check(kept);
                        block = Block::new(start, block.layout, mark, &live);
                    }
                    live.push(block);
                }
                Step::Free { which } if !live.is_empty() => {
                    let block = live.swap_remove(which % live.len());
                    block.check(block.layout.size());
                    bins.dealloc(block.start, block.layout);
                }
                Step::Foreign { pages } => {
                    let start = fake.end();
                    let size = (&fake).grow(pages * PAGE);
                    // What others write there is theirs.
                    core::ptr::with_exposed_provenance_mut::<u8>(start).write_bytes(0x5A, size);
                }
                Step::Reallocate { .. } | Step::Free { .. } => {}
            }
        }
        bins.check();
    }
    for block in live {
        block.check(block.layout.size());
        // SAFETY: as above.
        unsafe { bins.dealloc(block.start, block.layout) };
    }
    bins
}

proptest! {
    #[test]
    fn blocks_behave(steps in steps(), initial in 0..3_usize) {
        run(&Fake::new(initial * GRANULE * 5, 64), steps);
    }
}
