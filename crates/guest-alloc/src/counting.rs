//! Counting wrapper around a global allocator.

#![allow(unsafe_code, reason = "an allocator is unsafe by nature")]

use core::alloc::{GlobalAlloc, Layout};
use core::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};

/// Upper bounds of the size classes in bytes, inclusive; a last class takes what is larger.
const CLASSES: [usize; 4] = [64, 256, 1024, 4096];

/// Forwards every request to the allocator inside, and counts until it is told to stop. The counters are atomic because a
/// static must be `Sync`; each is exact by itself.
pub(crate) struct Counting<A> {
    inner: A,
    stopped: AtomicBool,
    classes: [AtomicU64; CLASSES.len() + 1],
    allocated_bytes: AtomicU64,
    deallocations: AtomicU64,
    reallocations: AtomicU64,
    failures: AtomicU64,
    live_allocations: AtomicU64,
    live_bytes: AtomicU64,
    peak_live_bytes: AtomicU64,
}

/// The counters at one moment, all since the last reset but for what is live.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Counters {
    /// Allocations, zeroed ones included.
    pub allocations: u64,
    /// The same by size.
    pub classes: Classes,
    /// Bytes asked for by allocations, and by reallocations beyond the size before.
    pub allocated_bytes: u64,
    /// Allocations given back.
    pub deallocations: u64,
    /// Allocations made larger or smaller.
    pub reallocations: u64,
    /// Requests of either kind that the allocator could not serve.
    pub failures: u64,
    /// Allocations not given back, those from before the reset included.
    pub live_allocations: u64,
    /// Their bytes, as asked for.
    pub live_bytes: u64,
    /// The most that `live_bytes` has been.
    pub peak_live_bytes: u64,
}

/// Allocations by size in bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Classes {
    /// Of at most 64 bytes.
    pub to_64: u64,
    /// Of at most 256 bytes, and more than 64.
    pub to_256: u64,
    /// Of at most 1,024 bytes, and more than 256.
    pub to_1024: u64,
    /// Of at most 4,096 bytes, and more than 1,024.
    pub to_4096: u64,
    /// Of more than 4,096 bytes.
    pub larger: u64,
}

impl<A> Counting<A> {
    /// Counts what is asked of `inner` from now on.
    pub(crate) const fn new(inner: A) -> Self {
        Self {
            inner,
            stopped: AtomicBool::new(false),
            classes: [const { AtomicU64::new(0) }; CLASSES.len() + 1],
            allocated_bytes: AtomicU64::new(0),
            deallocations: AtomicU64::new(0),
            reallocations: AtomicU64::new(0),
            failures: AtomicU64::new(0),
            live_allocations: AtomicU64::new(0),
            live_bytes: AtomicU64::new(0),
            peak_live_bytes: AtomicU64::new(0),
        }
    }

    /// The counters now.
    pub(crate) fn counters(&self) -> Counters {
        let [to_64, to_256, to_1024, to_4096, larger] =
            self.classes.each_ref().map(|class| class.load(Relaxed));
        Counters {
            allocations: to_64 + to_256 + to_1024 + to_4096 + larger,
            classes: Classes {
                to_64,
                to_256,
                to_1024,
                to_4096,
                larger,
            },
            allocated_bytes: self.allocated_bytes.load(Relaxed),
            deallocations: self.deallocations.load(Relaxed),
            reallocations: self.reallocations.load(Relaxed),
            failures: self.failures.load(Relaxed),
            live_allocations: self.live_allocations.load(Relaxed),
            live_bytes: self.live_bytes.load(Relaxed),
            peak_live_bytes: self.peak_live_bytes.load(Relaxed),
        }
    }

    /// Starts all counters anew. What is live stays live, since it will be given back later, and is the new peak.
    pub(crate) fn reset(&self) {
        for class in &self.classes {
            class.store(0, Relaxed);
        }
        self.allocated_bytes.store(0, Relaxed);
        self.deallocations.store(0, Relaxed);
        self.reallocations.store(0, Relaxed);
        self.failures.store(0, Relaxed);
        self.peak_live_bytes
            .store(self.live_bytes.load(Relaxed), Relaxed);
    }

    /// Counts nothing any more, for good: what is given back from now on would be missing.
    pub(crate) fn stop(&self) {
        self.stopped.store(true, Relaxed);
    }

    fn counts(&self) -> bool {
        !self.stopped.load(Relaxed)
    }

    fn grown(&self, bytes: u64) {
        self.allocated_bytes.fetch_add(bytes, Relaxed);
        let live = self.live_bytes.fetch_add(bytes, Relaxed) + bytes;
        self.peak_live_bytes.fetch_max(live, Relaxed);
    }

    fn allocated(&self, block: *mut u8, size: usize) {
        if !self.counts() {
            return;
        }
        if block.is_null() {
            self.failures.fetch_add(1, Relaxed);
            return;
        }
        let class = CLASSES.iter().position(|bound| size <= *bound);
        self.classes[class.unwrap_or(CLASSES.len())].fetch_add(1, Relaxed);
        self.live_allocations.fetch_add(1, Relaxed);
        self.grown(size as u64);
    }
}

// SAFETY: every request goes to the allocator inside as it came, and its answer comes back unchanged; counting neither
// allocates nor unwinds.
unsafe impl<A: GlobalAlloc> GlobalAlloc for Counting<A> {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's promise about `layout` is the one that the allocator inside asks for.
        let block = unsafe { self.inner.alloc(layout) };
        self.allocated(block, layout.size());
        block
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: as in `alloc`.
        let block = unsafe { self.inner.alloc_zeroed(layout) };
        self.allocated(block, layout.size());
        block
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: the caller got `block` from us with this layout, so we got it from the allocator inside.
        unsafe { self.inner.dealloc(block, layout) };
        if !self.counts() {
            return;
        }
        self.deallocations.fetch_add(1, Relaxed);
        self.live_allocations.fetch_sub(1, Relaxed);
        self.live_bytes.fetch_sub(layout.size() as u64, Relaxed);
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        // SAFETY: as in `dealloc`; the caller's promise about `new_size` is passed on.
        let moved = unsafe { self.inner.realloc(block, layout, new_size) };
        if !self.counts() {
            return moved;
        }
        if moved.is_null() {
            self.failures.fetch_add(1, Relaxed);
            return moved;
        }
        self.reallocations.fetch_add(1, Relaxed);
        let (old, new) = (layout.size() as u64, new_size as u64);
        if new >= old {
            self.grown(new - old);
        } else {
            self.live_bytes.fetch_sub(old - new, Relaxed);
        }
        moved
    }
}

#[cfg(test)]
mod tests {
    use std::alloc::System;
    use std::ptr::null_mut;
    use std::sync::atomic::AtomicUsize;

    use proptest::prelude::*;

    use super::*;

    fn layout(size: usize) -> Layout {
        Layout::from_size_align(size, 8).expect("a small layout")
    }

    /// Allocates one block of each size and gives them all back.
    fn allocate_each(traced: &impl GlobalAlloc, sizes: &[usize]) {
        for size in sizes {
            // SAFETY: the layout is not empty, and the block goes back once with it.
            unsafe { traced.dealloc(traced.alloc(layout(*size)), layout(*size)) };
        }
    }

    #[test]
    fn size_classes_have_inclusive_bounds() {
        let traced = Counting::new(System);
        allocate_each(
            &traced,
            &[1, 64, 65, 256, 257, 1024, 1025, 4096, 4097, 100_000],
        );
        let counters = traced.counters();
        let classes = Classes {
            to_64: 2,
            to_256: 2,
            to_1024: 2,
            to_4096: 2,
            larger: 2,
        };
        assert_eq!(counters.classes, classes);
        assert_eq!(counters.allocations, 10);
        assert_eq!(counters.deallocations, 10);
        assert_eq!((counters.live_allocations, counters.live_bytes), (0, 0));
        assert_eq!(counters.peak_live_bytes, 100_000);
    }

    /// Has no memory, and counts which of its functions were called.
    #[derive(Default)]
    struct Empty {
        alloc: AtomicUsize,
        alloc_zeroed: AtomicUsize,
        realloc: AtomicUsize,
    }

    // SAFETY: it gives no memory out.
    unsafe impl GlobalAlloc for Empty {
        unsafe fn alloc(&self, _layout: Layout) -> *mut u8 {
            self.alloc.fetch_add(1, Relaxed);
            null_mut()
        }

        unsafe fn alloc_zeroed(&self, _layout: Layout) -> *mut u8 {
            self.alloc_zeroed.fetch_add(1, Relaxed);
            null_mut()
        }

        unsafe fn realloc(&self, _block: *mut u8, _layout: Layout, _size: usize) -> *mut u8 {
            self.realloc.fetch_add(1, Relaxed);
            null_mut()
        }

        unsafe fn dealloc(&self, _block: *mut u8, _layout: Layout) {}
    }

    #[test]
    fn failures_are_not_live_and_requests_are_forwarded_as_they_came() {
        let traced = Counting::new(Empty::default());
        let mut byte = 0_u8;
        // SAFETY: `Empty` looks at none of this.
        unsafe {
            assert!(traced.alloc(layout(10)).is_null());
            assert!(traced.alloc_zeroed(layout(10)).is_null());
            assert!(traced.realloc(&raw mut byte, layout(1), 10).is_null());
        }
        let expected = Counters {
            failures: 3,
            ..Counting::new(System).counters()
        };
        assert_eq!(traced.counters(), expected);
        let Empty {
            alloc,
            alloc_zeroed,
            realloc,
        } = traced.inner;
        let calls = [alloc, alloc_zeroed, realloc].map(AtomicUsize::into_inner);
        assert_eq!(calls, [1, 1, 1]);
    }

    #[test]
    fn counters_that_are_stopped_stay_as_they_are() {
        let traced = Counting::new(System);
        // SAFETY: as in `allocate_each`.
        let block = unsafe { traced.alloc(layout(100)) };
        traced.stop();
        let counters = traced.counters();
        allocate_each(&traced, &[1000]);
        // SAFETY: as above; the block is given back with the layout that it has by then.
        unsafe {
            let moved = traced.realloc(block, layout(100), 200);
            traced.dealloc(moved, layout(200));
        }
        assert_eq!(traced.counters(), counters);
    }

    #[test]
    fn a_reset_keeps_what_is_live() {
        let traced = Counting::new(System);
        allocate_each(&traced, &[1000]);
        // SAFETY: as in `allocate_each`.
        unsafe {
            let block = traced.alloc(layout(100));
            traced.reset();
            let expected = Counters {
                live_allocations: 1,
                live_bytes: 100,
                peak_live_bytes: 100,
                ..Counting::new(System).counters()
            };
            assert_eq!(traced.counters(), expected);
            traced.dealloc(block, layout(100));
        }
        let counters = traced.counters();
        assert_eq!((counters.live_allocations, counters.live_bytes), (0, 0));
        assert_eq!(counters.deallocations, 1);
    }

    proptest! {
        /// The counters say what a model of the heap says.
        #[test]
        fn counters_agree_with_a_model(steps in prop::collection::vec((0..4_u8, any::<usize>(), 1..5000_usize), 0..80)) {
            let traced = Counting::new(System);
            let mut held: Vec<(*mut u8, usize)> = Vec::new();
            let mut model = traced.counters();
            for (kind, which, size) in steps {
                // SAFETY: layouts are not empty, and each block is used with its own.
                unsafe {
                    match kind {
                        0 | 1 => {
                            let block = if kind == 0 {
                                traced.alloc(layout(size))
                            } else {
                                let block = traced.alloc_zeroed(layout(size));
                                prop_assert_eq!(block.add(size - 1).read(), 0);
                                block
                            };
                            held.push((block, size));
                            model.allocations += 1;
                            model.allocated_bytes += size as u64;
                        }
                        2 if !held.is_empty() => {
                            let which = which % held.len();
                            let (block, old) = held[which];
                            held[which] = (traced.realloc(block, layout(old), size), size);
                            model.reallocations += 1;
                            model.allocated_bytes += size.saturating_sub(old) as u64;
                        }
                        3 if !held.is_empty() => {
                            let (block, size) = held.swap_remove(which % held.len());
                            traced.dealloc(block, layout(size));
                            model.deallocations += 1;
                        }
                        _ => {}
                    }
                }
                model.live_allocations = held.len() as u64;
                model.live_bytes = held.iter().map(|(_, size)| *size as u64).sum();
                model.peak_live_bytes = model.peak_live_bytes.max(model.live_bytes);
                let counters = traced.counters();
                let classes = counters.classes.clone();
                prop_assert_eq!(counters, Counters { classes, ..model.clone() });
            }
            for (block, size) in held {
                // SAFETY: as above.
                unsafe { traced.dealloc(block, layout(size)) };
            }
        }
    }
}
