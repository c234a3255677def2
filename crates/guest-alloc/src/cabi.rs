//! The canonical ABI's allocation function for what imports return, under the name that `wasm-tools component new` looks
//! for.
//!
//! It is wasi-libc that calls the imports which return lists (the environment, the preopened directories), and it gives
//! them back with `free`. The arguments of our exports are given back by Rust, and std's `cabi_realloc` makes them with
//! the Rust allocator. Were that one used for both, `free` would meet blocks that `malloc` never made.

#![allow(unsafe_code, reason = "an allocator is unsafe by nature")]

use core::ffi::c_void;

unsafe extern "C" {
    fn realloc(pointer: *mut c_void, size: usize) -> *mut c_void;
    /// std's or wasi-libc's, whichever is linked.
    pub(crate) fn cabi_realloc(old: *mut u8, old_size: usize, align: usize, size: usize)
    -> *mut u8;
}

/// The canonical ABI's allocation function.
pub type Realloc =
    unsafe extern "C" fn(old: *mut u8, old_size: usize, align: usize, size: usize) -> *mut u8;

/// A block that C may free.
///
/// # Safety
/// The canonical ABI's promise: `old` is null or came from here; `align` is at most 8.
#[unsafe(no_mangle)]
unsafe extern "C" fn cabi_import_realloc(
    old: *mut u8,
    _old_size: usize,
    align: usize,
    size: usize,
) -> *mut u8 {
    if size == 0 {
        return core::ptr::without_provenance_mut(align);
    }
    // SAFETY: the caller's promise. C aligns to 16.
    let pointer = unsafe { realloc(old.cast(), size) };
    if pointer.is_null() {
        core::arch::wasm32::unreachable();
    }
    pointer.cast()
}
