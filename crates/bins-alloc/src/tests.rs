//! The allocator on memory that is none of WebAssembly's, beside a model.

#![allow(unsafe_code, reason = "an allocator is unsafe by nature")]

use core::alloc::{GlobalAlloc, Layout};
use std::alloc::System;
use std::cell::{Cell, RefCell};
use std::ptr::{null_mut, with_exposed_provenance_mut};

use proptest::prelude::*;

use crate::bins::SMALL;
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
    /// Where somebody else's bytes begin, and how many they are.
    foreign: RefCell<Vec<(usize, usize)>>,
}

/// What is in somebody else's bytes.
const FOREIGN: u8 = 0x5A;

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
            foreign: RefCell::default(),
        }
    }
}

impl Fake {
    /// Somebody else grows memory, and uses it.
    fn grow_foreign(&self, pages: usize) {
        let start = Memory::end(&self);
        let size = Memory::grow(&self, pages * PAGE);
        // SAFETY: the bytes were handed out, and to nobody else.
        unsafe { with_exposed_provenance_mut::<u8>(start).write_bytes(FOREIGN, size) };
        self.foreign.borrow_mut().push((start, size));
    }

    /// That somebody else's bytes are as they were.
    fn check_foreign(&self) {
        for (start, size) in self.foreign.borrow().iter() {
            // SAFETY: as above; they were written.
            let bytes = unsafe {
                std::slice::from_raw_parts(with_exposed_provenance_mut::<u8>(*start), *size)
            };
            assert!(bytes.iter().all(|byte| *byte == FOREIGN));
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
                Step::Foreign { pages } => fake.grow_foreign(pages),
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
    /// Whatever is asked for, blocks are aligned, apart, keep their contents, and nobody else's memory is touched.
    #[test]
    fn blocks_behave(steps in steps(), initial in 0..3_usize) {
        let fake = Fake::new(initial * 5 * GRANULE, 64);
        run(&fake, steps);
        fake.check_foreign();
    }

    /// Once all blocks are given back that do not go to bins, what memory there is is one hole.
    #[test]
    fn what_is_free_is_one_hole(steps in steps(), initial in 0..3_usize) {
        let fake = Fake::new(initial * 5 * GRANULE, 64);
        let steps = steps.into_iter().filter_map(|step| match step {
            Step::Allocate { layout, zeroed } => {
                let layout = Layout::from_size_align(layout.size() + SMALL, layout.align());
                Some(Step::Allocate { layout: layout.expect("a layout"), zeroed })
            }
            Step::Reallocate { which, size } => Some(Step::Reallocate { which, size: size + SMALL }),
            Step::Free { .. } => Some(step),
            Step::Foreign { .. } => None,
        });
        let bins = run(&fake, steps.collect());
        let all = (fake.start.addr(), fake.size.get());
        prop_assert!(bins.check().is_empty() && all.1 == fake.initial || bins.check() == [all]);
    }
}

const fn layout(size: usize) -> Layout {
    match Layout::from_size_align(size, 8) {
        Ok(layout) => layout,
        Err(_) => panic!("a small layout"),
    }
}

/// All runs of five steps, each of which allocates one of three sizes, frees or enlarges the first or the last block, or lets
/// somebody else grow memory.
#[test]
fn every_short_run_behaves() {
    let allocate = |size| Step::Allocate {
        layout: layout(size),
        zeroed: false,
    };
    let kinds = [
        allocate(1),
        allocate(SMALL + 1),
        allocate(PAGE),
        Step::Free { which: 0 },
        Step::Free { which: usize::MAX },
        Step::Reallocate {
            which: 0,
            size: 2 * PAGE,
        },
        Step::Reallocate {
            which: usize::MAX,
            size: SMALL + 2 * GRANULE,
        },
        Step::Foreign { pages: 1 },
    ];
    let length = 5;
    for number in 0..kinds.len().pow(length) {
        let steps =
            (0..length).map(|place| kinds[number / kinds.len().pow(place) % kinds.len()].clone());
        let fake = Fake::new(3 * GRANULE, 16);
        run(&fake, steps.collect());
        fake.check_foreign();
    }
}

#[test]
fn a_block_grows_where_it_is_while_a_hole_or_the_end_of_memory_follows() {
    let fake = Fake::new(0, 64);
    let bins = Bins::new(&fake);
    // SAFETY: layouts are not empty, and blocks are used with their own.
    unsafe {
        let block = bins.alloc(layout(PAGE));
        assert_eq!(
            fake.size.get(),
            PAGE,
            "memory grows by as many pages as are missing"
        );
        assert_eq!(bins.realloc(block, layout(PAGE), 5 * PAGE), block);
        assert_eq!(fake.size.get(), 5 * PAGE);
        let after = bins.alloc(layout(2 * PAGE));
        assert_eq!(bins.realloc(block, layout(5 * PAGE), 3 * PAGE), block);
        assert_eq!(
            bins.realloc(block, layout(3 * PAGE), 4 * PAGE),
            block,
            "a hole follows"
        );
        let moved = bins.realloc(block, layout(4 * PAGE), 6 * PAGE);
        assert!(moved > after, "a block that is live follows");
        assert_eq!(fake.size.get(), 13 * PAGE);
        (&fake).grow(1);
        let elsewhere = bins.realloc(moved, layout(6 * PAGE), 7 * PAGE);
        assert_eq!(
            elsewhere.addr(),
            fake.start.addr() + 14 * PAGE,
            "somebody else's page follows"
        );
    }
}

/// A block that has to move because it grows takes the largest hole, others the first.
#[test]
fn what_grows_gets_room() {
    let size = 2 * SMALL;
    let fake = Fake::new(0, 64);
    let bins = Bins::new(&fake);
    // SAFETY: as above.
    unsafe {
        let mut before = null_mut();
        let [first, _, largest, _, growing, _] = [2, 1, 4, 1, 1, 1].map(|times| {
            let block = bins.alloc(layout(times * size));
            assert!(block > before);
            before = block;
            block
        });
        bins.dealloc(first, layout(2 * size));
        bins.dealloc(largest, layout(4 * size));
        assert_eq!(bins.realloc(growing, layout(size), 2 * size), largest);
        assert_eq!(bins.alloc(layout(size)), first);
    }
}

#[test]
fn without_memory_there_is_no_block_and_what_is_there_stays() {
    let fake = Fake::new(0, 4);
    let bins = Bins::new(&fake);
    // SAFETY: as above.
    unsafe {
        let block = bins.alloc(layout(3 * PAGE));
        block.write_bytes(7, 3 * PAGE);
        assert!(bins.realloc(block, layout(3 * PAGE), 5 * PAGE).is_null());
        for size in [2 * PAGE, 1 << 40, isize::MAX as usize - 7] {
            assert!(bins.alloc(layout(size)).is_null(), "{size}");
        }
        Block {
            start: block,
            layout: layout(3 * PAGE),
            mark: 7,
        }
        .check(3 * PAGE);
        assert!(
            !bins.alloc(layout(8)).is_null(),
            "a hole that is no whole chunk is used"
        );
        bins.dealloc(block, layout(3 * PAGE));
        assert_eq!(bins.alloc(layout(3 * PAGE)), block);
    }
}

/// The tree of holes is as deep as it should be, whatever the order of their sizes: 10,000 holes are at most 64 deep.
#[test]
fn thousands_of_holes_are_near() {
    let orders: [fn(usize) -> usize; 4] = [
        |_| 1,
        |number| 1 + number % 100,
        |number| 1 + (10_000 - number) / 100,
        |number| 1 + (number * 7919) % 100,
    ];
    for order in orders {
        let fake = Fake::new(0, 1 << 16);
        let bins = Bins::new(&fake);
        let mut blocks: Vec<(*mut u8, Layout)> = Vec::new();
        // SAFETY: as above.
        unsafe {
            for number in 0..20_000 {
                let layout = layout(SMALL + order(number / 2) * GRANULE);
                blocks.push((bins.alloc(layout), layout));
            }
            for (block, layout) in blocks.iter().step_by(2) {
                bins.dealloc(*block, *layout);
            }
        }
        assert!(bins.check().len() >= 10_000);
        assert!((10..64).contains(&bins.depth()), "{}", bins.depth());
    }
}
