//! The global allocator, chosen at compile time: dlmalloc unless a feature says otherwise.

#![allow(unsafe_code, reason = "an allocator is unsafe by nature")]

const _: () = assert!(
    cfg!(feature = "alloc-lol") as u8
        + cfg!(feature = "alloc-lol-freelist") as u8
        + cfg!(feature = "alloc-rlsf") as u8
        + cfg!(feature = "alloc-system") as u8
        + cfg!(feature = "alloc-talc") as u8
        <= 1,
    "alloc-lol, alloc-lol-freelist, alloc-rlsf, alloc-system and alloc-talc exclude each other: choose one allocator"
);
const _: () = assert!(
    !cfg!(all(
        feature = "alloc-system",
        target_arch = "wasm32",
        not(target_os = "wasi")
    )),
    "alloc-system is wasi-libc's malloc: this target has no libc"
);

/// The global allocator.
#[cfg(not(feature = "alloc-tracing"))]
#[global_allocator]
pub(crate) static GLOBAL: chosen::Allocator = chosen::new();

/// The global allocator, counted.
#[cfg(feature = "alloc-tracing")]
#[global_allocator]
pub(crate) static GLOBAL: crate::alloc_trace::Tracing<chosen::Allocator> =
    crate::alloc_trace::Tracing::new(chosen::new());

pub(crate) use chosen::NAME;

cfg_if::cfg_if! {
    if #[cfg(not(target_arch = "wasm32"))] {
        /// What the operating system has, since the others are made for WebAssembly.
        mod chosen {
            pub(crate) const NAME: &str = "system";
            pub(crate) type Allocator = std::alloc::System;
            pub(crate) const fn new() -> Allocator {
                std::alloc::System
            }
        }
    } else if #[cfg(feature = "alloc-lol")] {
        mod chosen {
            use lol_alloc::{AssumeSingleThreaded, LeakingAllocator};

            pub(crate) const NAME: &str = "lol_alloc";
            pub(crate) type Allocator = AssumeSingleThreaded<LeakingAllocator>;
            pub(crate) const fn new() -> Allocator {
                // SAFETY: no target that this crate is built for has threads.
                unsafe { AssumeSingleThreaded::new(LeakingAllocator::new()) }
            }
        }
    } else if #[cfg(feature = "alloc-lol-freelist")] {
        mod chosen {
            use lol_alloc::{AssumeSingleThreaded, FreeListAllocator};

            pub(crate) const NAME: &str = "lol_alloc";
            pub(crate) type Allocator = AssumeSingleThreaded<FreeListAllocator>;
            pub(crate) const fn new() -> Allocator {
                // SAFETY: no target that this crate is built for has threads.
                unsafe { AssumeSingleThreaded::new(FreeListAllocator::new()) }
            }
        }
    } else if #[cfg(feature = "alloc-rlsf")] {
        mod chosen {
            pub(crate) const NAME: &str = "rlsf";
            pub(crate) type Allocator = rlsf::SmallGlobalTlsf;
            pub(crate) const fn new() -> Allocator {
                rlsf::SmallGlobalTlsf::new()
            }
        }
    } else if #[cfg(feature = "alloc-system")] {
        mod chosen {
            pub(crate) const NAME: &str = "wasi-libc";
            pub(crate) type Allocator = std::alloc::System;
            pub(crate) const fn new() -> Allocator {
                std::alloc::System
            }
        }
    } else if #[cfg(feature = "alloc-talc")] {
        mod chosen {
            pub(crate) const NAME: &str = "talc";
            pub(crate) type Allocator = talc::wasm::WasmDynamicTalc;
            pub(crate) const fn new() -> Allocator {
                talc::wasm::new_wasm_dynamic_allocator()
            }
        }
    } else {
        mod chosen {
            pub(crate) const NAME: &str = "dlmalloc";
            pub(crate) type Allocator = dlmalloc::GlobalDlmalloc;
            pub(crate) const fn new() -> Allocator {
                dlmalloc::GlobalDlmalloc
            }
        }
    }
}

/// Where linear memory stands.
#[derive(serde::Serialize)]
pub(crate) struct Memory {
    /// Bytes of linear memory, a multiple of the 65,536 bytes of a page.
    memory_bytes: usize,
    /// Bytes below the heap: stack and static data.
    static_bytes: usize,
    /// Bytes that the allocator holds, in use or not: all above the static part. WebAssembly gives none back.
    pub(crate) heap_bytes: usize,
}

/// Linear memory at this moment; none natively.
#[cfg(target_arch = "wasm32")]
pub(crate) fn memory() -> Option<Memory> {
    unsafe extern "C" {
        /// wasm-ld: its address is where stack and static data end.
        static __heap_base: u8;
    }
    let memory_bytes = core::arch::wasm32::memory_size(0) * 65_536;
    let static_bytes = (&raw const __heap_base).addr();
    Some(Memory {
        memory_bytes,
        static_bytes,
        heap_bytes: memory_bytes - static_bytes,
    })
}

/// Linear memory at this moment; none natively.
#[cfg(not(target_arch = "wasm32"))]
pub(crate) fn memory() -> Option<Memory> {
    None
}
