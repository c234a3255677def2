//! Random allocations, every byte of which is checked against a model.
//!
//! The model is a list of the blocks that are live. Each has a pattern of its own, computed and not stored, that fills it:
//! whoever writes where it should not, or loses contents, breaks a pattern. Blocks are checked when they are
//! reallocated and when they are freed, so each at least once.

#![allow(unsafe_code, reason = "an allocator is unsafe by nature")]

use std::alloc::{GlobalAlloc, Layout};
use std::hint::black_box;
use std::ops::ControlFlow::{self, Break, Continue};

use clawft_workload::SplitMix64;
use serde::{Deserialize, Serialize};

/// Blocks are aligned to powers of two up to this.
const MOST_ALIGN: usize = 4096;

/// The most blocks that are live at once.
const MOST_BLOCKS: usize = 1024;

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
struct Request {
    /// Of all that is random.
    seed: u64,
    /// Allocations, reallocations and deallocations to make.
    operations: u32,
    /// The largest block.
    max_bytes: usize,
    /// The most bytes that are live at once.
    live_bytes: usize,
}

#[derive(Debug, PartialEq, Eq, Serialize)]
struct Answer {
    seed: u64,
    /// Operations made, those that failed included.
    operations: u32,
    /// Allocations that were served.
    allocations: u32,
    /// Allocations and reallocations that there was no memory for.
    failures: u32,
    peak_live_bytes: usize,
    /// There was no memory even when nothing was live: the trace ended before all operations were made.
    out_of_memory: bool,
}

/// Runs the trace that is asked for over the global allocator and, in WebAssembly, C's functions, whose blocks lie side by
/// side.
pub(crate) fn stress(request: &str) -> Result<String, String> {
    let wrong = |error: &dyn std::fmt::Display| format!("stress: {error}");
    let request: Request = serde_json::from_str(request).map_err(|error| wrong(&error))?;
    if !(1..=request.live_bytes).contains(&request.max_bytes) {
        return Err(wrong(&"max_bytes is not from 1 to live_bytes"));
    }
    Layout::from_size_align(request.max_bytes, MOST_ALIGN).map_err(|error| wrong(&error))?;
    let heaps: &[&dyn GlobalAlloc] = &[
        guest_alloc::global(),
        #[cfg(target_os = "wasi")]
        &super::c::C,
    ];
    let answer = Model::new(request, heaps).run()?;
    Ok(crate::report::to_json(&answer))
}

/// A live block.
struct Block<'a> {
    heap: &'a dyn GlobalAlloc,
    start: *mut u8,
    layout: Layout,
    /// The operation that allocated it.
    made: u32,
    /// What its pattern is computed from.
    tag: u64,
}

impl Block<'_> {
    /// Bytes `8 * index` to `8 * index + 7` of the pattern, little-endian.
    fn pattern(&self, index: usize) -> u64 {
        let word = self.tag.wrapping_add(index as u64);
        word.wrapping_mul(0x9e37_79b9_7f4a_7c15)
    }

    /// Writes the pattern from the byte `from` on.
    fn fill(&mut self, from: usize) {
        let (words, rest) = (self.layout.size() / 8, self.layout.size() % 8);
        for index in from / 8..words {
            let word = self.pattern(index).to_le_bytes();
            // SAFETY: the block has that many words.
            unsafe { self.start.cast::<[u8; 8]>().add(index).write(word) };
        }
        let word = self.pattern(words).to_le_bytes();
        // SAFETY: so many bytes are left in the block.
        unsafe { self.start.add(words * 8).copy_from(word.as_ptr(), rest) };
    }

    /// Its first bytes, which must be written.
    fn bytes(&self, count: usize) -> &[u8] {
        // SAFETY: callers ask for bytes that are within the block and written, by us or as zeros by the allocator.
        unsafe { std::slice::from_raw_parts(self.start, count) }
    }

    /// Compares its first bytes with the pattern.
    fn check(&self, count: usize) -> Result<(), String> {
        let (words, rest) = self.bytes(count).as_chunks();
        let mut found = words.iter().map(|word| u64::from_le_bytes(*word)).zip(0..);
        let broken = match found.find(|(word, index)| *word != self.pattern(*index)) {
            Some((_, index)) => &words[index][..],
            None => rest,
        };
        let beginning = broken.as_ptr().addr() - self.start.addr();
        let expected = self.pattern(beginning / 8).to_le_bytes();
        match broken
            .iter()
            .zip(expected)
            .position(|(is, should)| *is != should)
        {
            None => Ok(()),
            Some(byte) => Err(format!(
                "{self} has {:#04x} at byte {}, not {:#04x}",
                broken[byte],
                beginning + byte,
                expected[byte]
            )),
        }
    }

    /// Whether it lies where it may: aligned, and apart from another block.
    fn check_place(&self, others: &[Block<'_>]) -> Result<(), String> {
        let (start, end) = (self.start.addr(), self.start.addr() + self.layout.size());
        if start % self.layout.align() != 0 {
            return Err(format!("{self} begins at {start:#x}"));
        }
        let overlaps = |other: &&Block<'_>| {
            start < other.start.addr() + other.layout.size() && other.start.addr() < end
        };
        match others.iter().find(overlaps) {
            Some(other) => Err(format!("{self} overlaps {other}")),
            None => Ok(()),
        }
    }
}

impl std::fmt::Display for Block<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { layout, made, .. } = self;
        let (size, align) = (layout.size(), layout.align());
        write!(
            formatter,
            "the block of {size} bytes (alignment {align}) that operation {made} made"
        )
    }
}

/// What must be true of memory while allocations come and go.
struct Model<'a> {
    request: Request,
    heaps: &'a [&'a dyn GlobalAlloc],
    random: SplitMix64,
    /// Never longer than its first capacity: the model does not allocate while it runs.
    blocks: Vec<Block<'a>>,
    live_bytes: usize,
    answer: Answer,
}

impl<'a> Model<'a> {
    fn new(request: Request, heaps: &'a [&'a dyn GlobalAlloc]) -> Self {
        Self {
            request,
            heaps,
            random: SplitMix64::new(request.seed),
            blocks: Vec::with_capacity(MOST_BLOCKS),
            live_bytes: 0,
            answer: Answer {
                seed: request.seed,
                operations: 0,
                allocations: 0,
                failures: 0,
                peak_live_bytes: 0,
                out_of_memory: false,
            },
        }
    }

    /// Makes the operations, then frees what is live. The error names the seed, the operation and what differs; blocks
    /// are then left as they are.
    fn run(mut self) -> Result<Answer, String> {
        match self.operations() {
            Ok(()) => Ok(self.answer),
            Err(error) => Err(format!(
                "seed {}, operation {}: {error}",
                self.request.seed, self.answer.operations
            )),
        }
    }

    fn operations(&mut self) -> Result<(), String> {
        while self.answer.operations < self.request.operations {
            self.answer.operations += 1;
            if self.operation()?.is_break() {
                self.answer.out_of_memory = true;
                break;
            }
        }
        while !self.blocks.is_empty() {
            self.free()?;
        }
        Ok(())
    }

    /// One operation: half are allocations, a quarter reallocations, a quarter deallocations, and what would be too much
    /// is a deallocation too. Breaks when there is no memory for anything.
    fn operation(&mut self) -> Result<ControlFlow<()>, String> {
        let kind = self.random.below(8);
        let size = self.random.magnitude(self.request.max_bytes);
        let room = self.request.live_bytes - self.live_bytes;
        let served = match kind {
            0..4 if size <= room && self.blocks.len() < MOST_BLOCKS => {
                self.allocate(size, kind == 0)?
            }
            4..6 if size <= room && !self.blocks.is_empty() => self.reallocate(size)?,
            _ if self.blocks.is_empty() => true,
            _ => {
                self.free()?;
                true
            }
        };
        if served {
            self.answer.peak_live_bytes = self.answer.peak_live_bytes.max(self.live_bytes);
            return Ok(Continue(()));
        }
        self.answer.failures += 1;
        if self.blocks.is_empty() {
            return Ok(Break(()));
        }
        self.free()?;
        Ok(Continue(()))
    }

    /// Allocates; false when there is no memory.
    fn allocate(&mut self, size: usize, zeroed: bool) -> Result<bool, String> {
        let align = 1 << self.random.below(MOST_ALIGN.ilog2() as usize + 1);
        let layout = Layout::from_size_align(size, align).expect("max_bytes has a layout");
        let heap = self.heaps[self.random.below(self.heaps.len())];
        // SAFETY: the layout is not empty.
        let start = unsafe {
            if zeroed {
                heap.alloc_zeroed(layout)
            } else {
                heap.alloc(layout)
            }
        };
        // The optimiser knows of some allocators what their blocks hold: that is for us to find out.
        let start = black_box(start);
        if start.is_null() {
            return Ok(false);
        }
        let mut block = Block {
            heap,
            start,
            layout,
            made: self.answer.operations,
            tag: self.random.bits(),
        };
        block.check_place(&self.blocks)?;
        if zeroed && let Some(byte) = block.bytes(size).iter().position(|byte| *byte != 0) {
            return Err(format!("{block} is to be zero and is not at byte {byte}"));
        }
        block.fill(0);
        self.blocks.push(block);
        self.live_bytes += size;
        self.answer.allocations += 1;
        Ok(true)
    }

    /// Makes a random block larger or smaller; false when there is no memory.
    fn reallocate(&mut self, size: usize) -> Result<bool, String> {
        let which = self.random.below(self.blocks.len());
        let mut block = self.blocks.swap_remove(which);
        let old = block.layout;
        block.check(old.size())?;
        // SAFETY: the block has the old layout; the new size is not 0 and has a layout with any of our alignments.
        let start = black_box(unsafe { block.heap.realloc(block.start, old, size) });
        let served = !start.is_null();
        if served {
            block.start = start;
            block.layout = Layout::from_size_align(size, old.align()).expect("as max_bytes has");
            block.check_place(&self.blocks)?;
        }
        // A block that could not be reallocated is as it was.
        block.check(old.size().min(block.layout.size()))?;
        if size > old.size() && served {
            block.fill(old.size());
        }
        self.live_bytes = self.live_bytes - old.size() + block.layout.size();
        self.blocks.push(block);
        Ok(served)
    }

    /// Frees a random block; there must be one.
    fn free(&mut self) -> Result<(), String> {
        let which = self.random.below(self.blocks.len());
        let block = self.blocks.swap_remove(which);
        block.check(block.layout.size())?;
        self.live_bytes -= block.layout.size();
        // SAFETY: the block has this layout, and leaves the model.
        unsafe { block.heap.dealloc(block.start, block.layout) };
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::alloc::System;
    use std::cell::{Cell, UnsafeCell};
    use std::ptr::null_mut;

    use super::*;

    fn request(seed: u64) -> Request {
        Request {
            seed,
            operations: 2000,
            max_bytes: 1 << 14,
            live_bytes: 1 << 17,
        }
    }

    fn run(seed: u64, heap: &dyn GlobalAlloc) -> Result<Answer, String> {
        Model::new(request(seed), &[heap]).run()
    }

    /// How an allocator can be broken.
    #[derive(Debug, Clone, Copy, PartialEq)]
    enum Fault {
        None,
        /// A block begins with the last byte of the one before.
        Overlaps,
        Misaligned,
        /// The last byte of a block that should be zero is not.
        NotZeroed,
        /// A larger block does not get the last byte of the old one.
        LosesTail,
        /// Freeing a block writes into the one after it.
        WritesBeyond,
        /// A failed reallocation has written into the block.
        SpoilsOnFailure,
    }

    /// Gives out one piece of memory from its beginning to its end, so that no fault touches memory of others.
    struct Bump {
        fault: Fault,
        memory: Box<[UnsafeCell<u8>]>,
        used: Cell<usize>,
    }

    impl Bump {
        fn new(fault: Fault, bytes: usize) -> Self {
            // Not zero, as memory that was used before.
            let mut memory = Vec::new();
            memory.resize_with(bytes, || UnsafeCell::new(0xff));
            let memory = memory.into();
            let used = Cell::new(0);
            Self {
                fault,
                memory,
                used,
            }
        }
    }

    // SAFETY: blocks are within `memory`, which `UnsafeCell` lets us write. That they are what was asked for is not promised:
    // the model below is to find out, and it believes no more of a block than that it may be read and written.
    unsafe impl GlobalAlloc for Bump {
        unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
            let base = self.memory.as_ptr().addr();
            let next = base + self.used.get();
            let mut start = next.next_multiple_of(layout.align()) - base;
            match self.fault {
                Fault::Overlaps if layout.align() == 1 => start = start.saturating_sub(1),
                Fault::Misaligned if layout.align() > 1 => start += 1,
                _ => {}
            }
            if start + layout.size() >= self.memory.len() {
                return null_mut();
            }
            self.used.set(start + layout.size());
            // SAFETY: the block ends within the memory.
            unsafe { UnsafeCell::raw_get(self.memory.as_ptr()).add(start) }
        }

        unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
            // SAFETY: a block of this size.
            unsafe {
                let block = self.alloc(layout);
                if !block.is_null() {
                    block.write_bytes(0, layout.size());
                    if self.fault == Fault::NotZeroed {
                        block.add(layout.size() - 1).write(1);
                    }
                }
                block
            }
        }

        unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
            if self.fault == Fault::WritesBeyond {
                // SAFETY: no block ends with the memory, a byte is always left.
                unsafe { block.add(layout.size()).write(1) };
            }
        }

        unsafe fn realloc(&self, block: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
            if self.fault == Fault::SpoilsOnFailure {
                // SAFETY: a block has a first byte.
                unsafe { block.write(!block.read()) };
                return null_mut();
            }
            let new_layout = Layout::from_size_align(new_size, layout.align()).expect("a layout");
            let lost = usize::from(self.fault == Fault::LosesTail && new_size > layout.size());
            // SAFETY: both blocks are that long. They may overlap, when that is the fault.
            unsafe {
                let new = self.alloc(new_layout);
                if !new.is_null() {
                    new.copy_from(block, layout.size().min(new_size) - lost);
                }
                new
            }
        }
    }

    #[test]
    fn broken_allocators_are_caught() {
        for (fault, expected) in [
            (Fault::Overlaps, "overlaps the block of"),
            (Fault::Misaligned, "begins at 0x"),
            (Fault::NotZeroed, "is to be zero and is not at byte"),
            (Fault::LosesTail, "at byte"),
            (Fault::WritesBeyond, "has 0x01 at byte 0, not"),
            (Fault::SpoilsOnFailure, "at byte 0, not"),
        ] {
            for seed in 0..10 {
                let error = run(seed, &Bump::new(fault, 1 << 20)).expect_err("a fault");
                assert!(
                    error.starts_with(&format!("seed {seed}, operation ")),
                    "{error}"
                );
                assert!(error.contains(expected), "{fault:?}: {error}");
            }
        }
    }

    #[test]
    fn sound_allocators_are_not() {
        for seed in 0..3 {
            let answer = run(seed, &System).expect("the system's allocator is sound");
            assert_eq!((answer.seed, answer.operations), (seed, 2000));
            assert_eq!((answer.failures, answer.out_of_memory), (0, false));
            assert!(answer.allocations > 500, "{answer:?}");
            let (peak, most) = (answer.peak_live_bytes, request(seed).live_bytes);
            assert!(most / 2 < peak && peak <= most, "{answer:?}");
            assert_eq!(run(seed, &Bump::new(Fault::None, 1 << 23)), Ok(answer));
        }
    }

    /// A leaking allocator runs out: the trace says so, and goes on no longer than there are blocks to free.
    #[test]
    fn the_end_of_memory_is_no_fault() {
        let answer = run(1, &Bump::new(Fault::None, 1 << 18)).expect("nothing broken");
        assert!(answer.out_of_memory && answer.failures > 0, "{answer:?}");
        assert!(answer.operations < 2000, "{answer:?}");
    }

    #[test]
    fn requests_are_answered_or_refused() {
        let answer = stress(r#"{"seed":1,"operations":1000,"max_bytes":4096,"live_bytes":65536}"#);
        assert!(answer.is_ok_and(|answer| {
            answer.starts_with(r#"{"seed":1,"operations":1000,"allocations":"#)
        }));
        for (request, expected) in [
            ("{", "stress: EOF"),
            (
                r#"{"seed":1,"operations":1,"max_bytes":2,"live_bytes":1}"#,
                "stress: max_bytes is not from 1",
            ),
            (
                r#"{"seed":1,"operations":1,"max_bytes":0,"live_bytes":1}"#,
                "stress: max_bytes is not from 1",
            ),
            (
                &format!(
                    r#"{{"seed":1,"operations":1,"max_bytes":{0},"live_bytes":{0}}}"#,
                    isize::MAX
                ),
                "stress: invalid parameters to Layout",
            ),
        ] {
            let error = stress(request).expect_err(request);
            assert!(error.starts_with(expected), "{error}");
        }
    }
}
