#![doc = include_str!("../README.md")]
#![cfg_attr(not(test), no_std)]

// For `System`: natively, and where wasi-libc allocates.
#[cfg(any(not(target_arch = "wasm32"), feature = "system"))]
extern crate std;

// For the text of an assertion.
#[cfg(target_os = "wasi")]
extern crate alloc;

#[cfg(any(target_os = "wasi", test))]
mod c_assert;
// Natively C has its own malloc: only the tests use ours.
#[cfg(any(all(target_os = "wasi", not(feature = "system")), test))]
mod c_malloc;
#[cfg(all(target_arch = "wasm32", target_env = "p2"))]
mod cabi;
mod chosen;
#[cfg(any(feature = "counting", test))]
mod counting;
mod memory;
#[cfg(not(feature = "counting"))]
mod whole;

pub use chosen::NAME;
#[cfg(feature = "counting")]
pub use counting::{Classes, Counters};
pub use memory::{Memory, memory};

const _: () = assert!(
    !cfg!(all(target_arch = "wasm32", target_feature = "atomics")),
    "guest-alloc is for guests without threads"
);

/// The global allocator.
#[cfg(not(feature = "counting"))]
#[global_allocator]
static GLOBAL: whole::Whole<chosen::Allocator> = whole::Whole(chosen::new());

/// The global allocator, counted.
#[cfg(feature = "counting")]
#[global_allocator]
static GLOBAL: counting::Counting<chosen::Allocator> = counting::Counting::new(chosen::new());

/// std's `cabi_realloc`, with which a host makes the arguments of exports, for Rust to give back. Nobody calls this function:
/// naming that symbol makes the linker take std's. Where link-time optimisation is off, it would have met wasi-libc's first,
/// which makes blocks by `malloc`. It is beside the global allocator because whatever allocates links that object.
#[cfg(all(target_arch = "wasm32", target_env = "p2"))]
#[doc(hidden)]
#[inline(never)]
pub fn cabi_realloc_of_std() -> cabi::Realloc {
    cabi::cabi_realloc
}

/// The global allocator itself, to be asked directly: what asks it so is counted too, and the compiler takes no allocation
/// away.
pub fn global() -> &'static impl core::alloc::GlobalAlloc {
    &GLOBAL
}

/// What was counted until now.
#[cfg(feature = "counting")]
pub fn counters() -> Counters {
    GLOBAL.counters()
}

/// Starts all counters anew. What is live stays live, since it will be given back later, and is the new peak.
#[cfg(feature = "counting")]
pub fn reset_counters() {
    GLOBAL.reset();
}

/// Counts nothing any more, for good: what is given back from now on would be missing.
#[cfg(feature = "counting")]
pub fn stop_counting() {
    GLOBAL.stop();
}
