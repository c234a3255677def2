//! The allocator, chosen at compile time: dlmalloc unless a feature says otherwise.

#![allow(unsafe_code, reason = "an allocator is unsafe by nature")]

const _: () = assert!(
    cfg!(feature = "bins") as u8
        + cfg!(feature = "lol") as u8
        + cfg!(feature = "lol-freelist") as u8
        + cfg!(feature = "rlsf") as u8
        + cfg!(feature = "system") as u8
        + cfg!(feature = "talc") as u8
        <= 1,
    "bins, lol, lol-freelist, rlsf, system and talc exclude each other: choose one allocator"
);
const _: () = assert!(
    !cfg!(all(
        feature = "system",
        target_arch = "wasm32",
        not(target_os = "wasi")
    )),
    "system is wasi-libc's malloc: this target has no libc"
);

cfg_if::cfg_if! {
    if #[cfg(not(target_arch = "wasm32"))] {
        // What the operating system has, since the others are made for WebAssembly.
        const CHOSEN: &str = "system";
        pub(crate) type Allocator = std::alloc::System;
        pub(crate) const fn new() -> Allocator {
            std::alloc::System
        }
    } else if #[cfg(feature = "bins")] {
        use bins_alloc::{Bins, Linear};

        const CHOSEN: &str = "bins_alloc";
        pub(crate) type Allocator = Bins<Linear>;
        pub(crate) const fn new() -> Allocator {
            // SAFETY: this is the only global allocator, and C's malloc, which might use that memory, is made of it.
            Bins::new(unsafe { Linear::new() })
        }
    } else if #[cfg(feature = "lol")] {
        use lol_alloc::{AssumeSingleThreaded, LeakingAllocator};

        const CHOSEN: &str = "lol_alloc";
        pub(crate) type Allocator = AssumeSingleThreaded<LeakingAllocator>;
        pub(crate) const fn new() -> Allocator {
            // SAFETY: this crate refuses to be built for threads.
            unsafe { AssumeSingleThreaded::new(LeakingAllocator::new()) }
        }
    } else if #[cfg(feature = "lol-freelist")] {
        use lol_alloc::{AssumeSingleThreaded, FreeListAllocator};

        const CHOSEN: &str = "lol_alloc";
        pub(crate) type Allocator = AssumeSingleThreaded<FreeListAllocator>;
        pub(crate) const fn new() -> Allocator {
            // SAFETY: this crate refuses to be built for threads.
            unsafe { AssumeSingleThreaded::new(FreeListAllocator::new()) }
        }
    } else if #[cfg(feature = "rlsf")] {
        const CHOSEN: &str = "rlsf";
        pub(crate) type Allocator = rlsf::SmallGlobalTlsf;
        pub(crate) const fn new() -> Allocator {
            rlsf::SmallGlobalTlsf::new()
        }
    } else if #[cfg(feature = "system")] {
        const CHOSEN: &str = "wasi-libc";
        pub(crate) type Allocator = std::alloc::System;
        pub(crate) const fn new() -> Allocator {
            std::alloc::System
        }
    } else if #[cfg(feature = "talc")] {
        const CHOSEN: &str = "talc";
        pub(crate) type Allocator = talc::wasm::WasmDynamicTalc;
        pub(crate) const fn new() -> Allocator {
            talc::wasm::new_wasm_dynamic_allocator()
        }
    } else {
        const CHOSEN: &str = "dlmalloc";
        pub(crate) type Allocator = dlmalloc::GlobalDlmalloc;
        pub(crate) const fn new() -> Allocator {
            dlmalloc::GlobalDlmalloc
        }
    }
}

/// The crate that allocates, or `wasi-libc`; natively `system`.
pub const NAME: &str = CHOSEN;
