//! C's allocation functions over a Rust allocator.
//!
//! wasi-libc allocates too: for the environment, for open directories. If these functions were left to it, every build
//! would hold its malloc beside ours, with a heap of its own. They are all the symbols that libc.a's malloc object
//! defines: one left out would pull that object in again as soon as something refers to it.
//!
//! A Rust allocator must be told the size and alignment of what it frees, C's `free` is not. So each block begins with
//! a header that remembers them:
//!
//! ```text
//! block               pointer that C sees
//! | padding | Header  | size bytes ...
//! |<----- align ----->|
//! ```

#![allow(unsafe_code, reason = "an allocator is unsafe by nature")]

use core::alloc::{GlobalAlloc, Layout};

/// C's `alignof(max_align_t)` on wasm32 and x86_64: what `malloc` must align to. Room for the header, too.
const MIN_ALIGN: usize = 16;
const _: () = assert!(size_of::<Header>() <= MIN_ALIGN);

/// Why there is no block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Failure {
    /// C's `EINVAL`: no such alignment.
    Invalid,
    /// C's `ENOMEM`: too large, or no memory is left.
    OutOfMemory,
}

/// What stands right before each pointer that C sees.
#[derive(Debug, Clone, Copy)]
struct Header {
    /// Bytes that C asked for.
    size: usize,
    /// Alignment of the block, and distance from its beginning to C's pointer.
    align: usize,
}

impl Header {
    /// The layout of the block, header included.
    fn layout(self) -> Result<Layout, Failure> {
        let total = self.size.checked_add(self.align);
        total
            .and_then(|total| Layout::from_size_align(total, self.align).ok())
            .ok_or(Failure::OutOfMemory)
    }

    /// Writes the header into its block and gives the pointer that C is to see.
    ///
    /// # Safety
    /// `block` is null, or has this header's layout.
    unsafe fn install(self, block: *mut u8) -> Result<*mut u8, Failure> {
        if block.is_null() {
            return Err(Failure::OutOfMemory);
        }
        // SAFETY: `align` bytes of the block come before the pointer; they hold the header, and the pointer is aligned
        // to at least `MIN_ALIGN`, so the header before it is aligned too.
        unsafe {
            let pointer = block.add(self.align);
            pointer.cast::<Self>().sub(1).write(self);
            Ok(pointer)
        }
    }

    /// The header of a pointer that C has.
    ///
    /// # Safety
    /// `pointer` comes from this module and was not given back.
    unsafe fn of(pointer: *mut u8) -> Self {
        // SAFETY: `install` has put it there.
        unsafe { pointer.cast::<Self>().sub(1).read() }
    }
}

/// As `malloc`. No size is too small: zero bytes have an address of their own.
fn allocate<A: GlobalAlloc>(from: &A, size: usize) -> Result<*mut u8, Failure> {
    allocate_aligned(from, MIN_ALIGN, size)
}

/// As `aligned_alloc`.
fn allocate_aligned<A: GlobalAlloc>(
    from: &A,
    align: usize,
    size: usize,
) -> Result<*mut u8, Failure> {
    if !align.is_power_of_two() {
        return Err(Failure::Invalid);
    }
    let align = align.max(MIN_ALIGN);
    let header = Header { size, align };
    let layout = header.layout()?;
    // SAFETY: the layout holds at least the header, so it is not empty; the block has it.
    unsafe { header.install(from.alloc(layout)) }
}

/// As `calloc`. The allocator zeroes, never this function: LLVM would make an allocation and a fill into a `calloc`.
fn allocate_zeroed<A: GlobalAlloc>(
    from: &A,
    count: usize,
    size: usize,
) -> Result<*mut u8, Failure> {
    let size = count.checked_mul(size).ok_or(Failure::OutOfMemory)?;
    let align = MIN_ALIGN;
    let header = Header { size, align };
    let layout = header.layout()?;
    // SAFETY: as in `allocate_aligned`.
    unsafe { header.install(from.alloc_zeroed(layout)) }
}

/// As `realloc`: null is a new block, no size is too small, the alignment stays, and on a failure the block stays too.
///
/// # Safety
/// `pointer` is null, or comes from this module over the same allocator and was not given back.
unsafe fn reallocate<A: GlobalAlloc>(
    from: &A,
    pointer: *mut u8,
    size: usize,
) -> Result<*mut u8, Failure> {
    if pointer.is_null() {
        return allocate(from, size);
    }
    // SAFETY: the caller's promise.
    let old = unsafe { Header::of(pointer) };
    let new = Header { size, ..old };
    let (old_layout, new_layout) = (old.layout()?, new.layout()?);
    // SAFETY: the block has `old_layout`. The new size is not zero and has a layout with the same alignment. The
    // distance from block to pointer stays, so what is kept of the contents is where it belongs.
    unsafe {
        let block = from.realloc(pointer.sub(old.align), old_layout, new_layout.size());
        new.install(block)
    }
}

/// As `free`.
///
/// # Safety
/// As [`reallocate`].
unsafe fn deallocate<A: GlobalAlloc>(to: &A, pointer: *mut u8) {
    if pointer.is_null() {
        return;
    }
    // SAFETY: the caller's promise: the block was made with the layout of its header.
    unsafe {
        let header = Header::of(pointer);
        let layout = Layout::from_size_align_unchecked(header.size + header.align, header.align);
        to.dealloc(pointer.sub(header.align), layout);
    }
}

/// As `malloc_usable_size`: what was asked for.
///
/// # Safety
/// As [`reallocate`].
unsafe fn usable_size(pointer: *mut u8) -> usize {
    if pointer.is_null() {
        return 0;
    }
    // SAFETY: the caller's promise.
    unsafe { Header::of(pointer) }.size
}

/// The symbols themselves. Never inlined: LLVM knows these names, and what it may look into it may fold into a call of
/// itself.
#[cfg(target_os = "wasi")]
mod symbols {
    use core::ffi::{c_int, c_void};
    use core::ptr::null_mut;

    use super::Failure;
    use crate::GLOBAL;

    unsafe extern "C" {
        safe fn __errno_location() -> *mut c_int;
    }

    impl Failure {
        /// The number in wasi-libc's `errno.h`.
        fn errno(self) -> c_int {
            match self {
                Self::Invalid => 28,
                Self::OutOfMemory => 48,
            }
        }
    }

    /// The pointer as C wants it: null and `errno` when there is none.
    fn answer(result: Result<*mut u8, Failure>) -> *mut c_void {
        match result {
            Ok(pointer) => pointer.cast(),
            Err(failure) => {
                // SAFETY: wasi-libc's `errno` is a variable of the only thread.
                unsafe { __errno_location().write(failure.errno()) };
                null_mut()
            }
        }
    }

    #[inline(never)]
    #[unsafe(no_mangle)]
    extern "C" fn malloc(size: usize) -> *mut c_void {
        answer(super::allocate(&GLOBAL, size))
    }

    #[inline(never)]
    #[unsafe(no_mangle)]
    extern "C" fn __libc_malloc(size: usize) -> *mut c_void {
        malloc(size)
    }

    #[inline(never)]
    #[unsafe(no_mangle)]
    extern "C" fn calloc(count: usize, size: usize) -> *mut c_void {
        answer(super::allocate_zeroed(&GLOBAL, count, size))
    }

    #[inline(never)]
    #[unsafe(no_mangle)]
    extern "C" fn __libc_calloc(count: usize, size: usize) -> *mut c_void {
        calloc(count, size)
    }

    #[inline(never)]
    #[unsafe(no_mangle)]
    extern "C" fn aligned_alloc(align: usize, size: usize) -> *mut c_void {
        answer(super::allocate_aligned(&GLOBAL, align, size))
    }

    #[inline(never)]
    #[unsafe(no_mangle)]
    unsafe extern "C" fn posix_memalign(out: *mut *mut c_void, align: usize, size: usize) -> c_int {
        if align < size_of::<*mut c_void>() {
            return Failure::Invalid.errno();
        }
        match super::allocate_aligned(&GLOBAL, align, size) {
            Ok(pointer) => {
                // SAFETY: the caller's promise: `out` may be written.
                unsafe { out.write(pointer.cast()) };
                0
            }
            Err(failure) => failure.errno(),
        }
    }

    #[inline(never)]
    #[unsafe(no_mangle)]
    unsafe extern "C" fn realloc(pointer: *mut c_void, size: usize) -> *mut c_void {
        // SAFETY: the caller's promise: the pointer is null or one of ours.
        answer(unsafe { super::reallocate(&GLOBAL, pointer.cast(), size) })
    }

    #[inline(never)]
    #[unsafe(no_mangle)]
    unsafe extern "C" fn free(pointer: *mut c_void) {
        // SAFETY: as in `realloc`.
        unsafe { super::deallocate(&GLOBAL, pointer.cast()) };
    }

    #[inline(never)]
    #[unsafe(no_mangle)]
    unsafe extern "C" fn __libc_free(pointer: *mut c_void) {
        // SAFETY: as in `realloc`.
        unsafe { free(pointer) };
    }

    #[inline(never)]
    #[unsafe(no_mangle)]
    unsafe extern "C" fn malloc_usable_size(pointer: *mut c_void) -> usize {
        // SAFETY: as in `realloc`.
        unsafe { super::usable_size(pointer.cast()) }
    }
}

#[cfg(test)]
mod tests {
    use std::alloc::System;
    use std::collections::BTreeMap;
    use std::ptr::null_mut;
    use std::sync::Mutex;

    use proptest::prelude::*;

    use super::*;

    /// The system's allocator, which insists that each block is given back with the layout it was made with, leaves no
    /// memory zero by chance, and has none for blocks of more than `limit` bytes.
    struct Strict {
        blocks: Mutex<BTreeMap<usize, Layout>>,
        limit: usize,
    }

    impl Strict {
        fn new(limit: usize) -> Self {
            let blocks = Mutex::default();
            Self { blocks, limit }
        }

        fn live(&self) -> usize {
            self.blocks.lock().expect("no panic while locked").len()
        }

        fn made(&self, block: *mut u8, layout: Layout) -> *mut u8 {
            assert_ne!(layout.size(), 0);
            let mut blocks = self.blocks.lock().expect("no panic while locked");
            assert_eq!(blocks.insert(block.addr(), layout), None);
            block
        }
    }

    // SAFETY: the system's allocator does the work.
    unsafe impl GlobalAlloc for Strict {
        unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
            if layout.size() > self.limit {
                return null_mut();
            }
            // SAFETY: the caller's promise; the block is `size` bytes long.
            unsafe {
                let block = System.alloc(layout);
                block.write_bytes(0xA5, layout.size());
                self.made(block, layout)
            }
        }

        unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
            if layout.size() > self.limit {
                return null_mut();
            }
            // SAFETY: the caller's promise.
            self.made(unsafe { System.alloc_zeroed(layout) }, layout)
        }

        unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
            let mut blocks = self.blocks.lock().expect("no panic while locked");
            assert_eq!(blocks.remove(&block.addr()), Some(layout));
            // SAFETY: the caller's promise, and checked.
            unsafe { System.dealloc(block, layout) };
        }
    }

    #[derive(Debug, Clone)]
    enum Step {
        Malloc(usize),
        Calloc(usize, usize),
        Aligned(u32, usize),
        Realloc(usize, usize),
        Free(usize),
    }

    fn step() -> impl Strategy<Value = Step> {
        let size = || prop_oneof![Just(0_usize), 1..200_usize, 200..9000_usize];
        prop_oneof![
            size().prop_map(Step::Malloc),
            (0..40_usize, 0..40_usize).prop_map(|(count, size)| Step::Calloc(count, size)),
            (0..13_u32, size()).prop_map(|(power, size)| Step::Aligned(power, size)),
            (any::<usize>(), size()).prop_map(|(which, size)| Step::Realloc(which, size)),
            any::<usize>().prop_map(Step::Free),
        ]
    }

    /// A block as C holds it, and what C has written there.
    struct Held {
        pointer: *mut u8,
        align: usize,
        contents: Vec<u8>,
    }

    impl Held {
        fn new(pointer: *mut u8, align: usize, size: usize, mark: u8) -> Self {
            let contents = vec![mark; size];
            // SAFETY: the block is `size` bytes long.
            unsafe { pointer.write_bytes(mark, size) };
            Self {
                pointer,
                align,
                contents,
            }
        }

        fn bytes(&self) -> &[u8] {
            // SAFETY: the block is that long, and written.
            unsafe { std::slice::from_raw_parts(self.pointer, self.contents.len()) }
        }
    }

    proptest! {
        /// Whatever C does, blocks are aligned, apart from each other, keep their contents, and go back whole.
        #[test]
        fn blocks_behave(steps in prop::collection::vec(step(), 1..60)) {
            let from = Strict::new(usize::MAX);
            let mut held: Vec<Held> = Vec::new();
            for (mark, step) in (1..).zip(steps) {
                match step {
                    Step::Malloc(size) => {
                        let pointer = allocate(&from, size).expect("there is memory");
                        held.push(Held::new(pointer, MIN_ALIGN, size, mark));
                    }
                    Step::Calloc(count, size) => {
                        let pointer = allocate_zeroed(&from, count, size).expect("there is memory");
                        // SAFETY: the block is that long.
                        let bytes = unsafe { std::slice::from_raw_parts(pointer, count * size) };
                        prop_assert!(bytes.iter().all(|byte| *byte == 0));
                        held.push(Held::new(pointer, MIN_ALIGN, count * size, mark));
                    }
                    Step::Aligned(power, size) => {
                        let align = 1 << power;
                        let pointer = allocate_aligned(&from, align, size).expect("there is memory");
                        held.push(Held::new(pointer, align, size, mark));
                    }
                    Step::Realloc(which, size) if !held.is_empty() => {
                        let which = which % held.len();
                        let block = &mut held[which];
                        // SAFETY: the pointer is held.
                        let moved = unsafe { reallocate(&from, block.pointer, size) };
                        block.pointer = moved.expect("there is memory");
                        block.contents.truncate(size);
                        prop_assert_eq!(block.bytes(), &block.contents[..]);
                        *block = Held::new(block.pointer, block.align, size, mark);
                    }
                    Step::Free(which) if !held.is_empty() => {
                        let block = held.swap_remove(which % held.len());
                        // SAFETY: the pointer was held, and no more.
                        unsafe { deallocate(&from, block.pointer) };
                    }
                    Step::Realloc(..) | Step::Free(_) => {}
                }
                for block in &held {
                    prop_assert_eq!(block.pointer.addr() % block.align.max(MIN_ALIGN), 0);
                    prop_assert_eq!(block.bytes(), &block.contents[..]);
                    // SAFETY: the pointer is held.
                    prop_assert_eq!(unsafe { usable_size(block.pointer) }, block.contents.len());
                }
                prop_assert_eq!(from.live(), held.len());
            }
            for block in held {
                // SAFETY: the pointer was held, and no more.
                unsafe { deallocate(&from, block.pointer) };
            }
            prop_assert_eq!(from.live(), 0);
        }
    }

    #[test]
    fn impossible_requests_fail_as_c_says() {
        let from = Strict::new(1 << 20);
        let (none, invalid) = (Err(Failure::OutOfMemory), Err(Failure::Invalid));
        for size in [
            usize::MAX,
            usize::MAX - MIN_ALIGN,
            isize::MAX as usize,
            1 << 20,
        ] {
            assert_eq!(allocate(&from, size), none, "{size}");
            assert_eq!(allocate_zeroed(&from, 1, size), none, "{size}");
            assert_eq!(allocate_aligned(&from, 4096, size), none, "{size}");
        }
        let half = 1 << (usize::BITS / 2);
        assert_eq!(
            allocate_zeroed(&from, half, half),
            none,
            "count times size wraps to 0"
        );
        assert_eq!(allocate_aligned(&from, 1 << (usize::BITS - 1), 1), none);
        for align in [0, 3, 24, usize::MAX] {
            assert_eq!(allocate_aligned(&from, align, 8), invalid, "{align}");
        }
        assert_eq!(from.live(), 0);
    }

    #[test]
    fn a_failed_realloc_leaves_the_block() {
        let from = Strict::new(1 << 20);
        let pointer = allocate(&from, 3).expect("there is memory");
        // SAFETY: the block is 3 bytes long, held, and given back once.
        unsafe {
            pointer.copy_from(b"abc".as_ptr(), 3);
            for size in [usize::MAX, isize::MAX as usize, 1 << 20] {
                assert_eq!(
                    reallocate(&from, pointer, size),
                    Err(Failure::OutOfMemory),
                    "{size}"
                );
                assert_eq!(usable_size(pointer), 3);
                assert_eq!(std::slice::from_raw_parts(pointer, 3), b"abc");
            }
            deallocate(&from, pointer);
        }
        assert_eq!(from.live(), 0);
    }

    #[test]
    fn null_is_a_block_of_nothing() {
        let from = Strict::new(usize::MAX);
        // SAFETY: null is allowed, and the new block is given back once.
        unsafe {
            deallocate(&from, null_mut());
            assert_eq!(usable_size(null_mut()), 0);
            let pointer = reallocate(&from, null_mut(), 5).expect("there is memory");
            assert_eq!(usable_size(pointer), 5);
            deallocate(&from, pointer);
        }
        assert_eq!(from.live(), 0);
    }
}
