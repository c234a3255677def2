//! The global allocator, chosen at compile time: dlmalloc unless a feature says otherwise.

#![allow(unsafe_code, reason = "an allocator is unsafe by nature")]

#[cfg(all(feature = "alloc-talc", feature = "alloc-lol"))]
compile_error!("features alloc-talc and alloc-lol exclude each other: choose one allocator");
#[cfg(all(feature = "alloc-talc", feature = "alloc-system"))]
compile_error!("features alloc-talc and alloc-system exclude each other: choose one allocator");
#[cfg(all(feature = "alloc-lol", feature = "alloc-system"))]
compile_error!("features alloc-lol and alloc-system exclude each other: choose one allocator");

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

#[cfg(all(target_arch = "wasm32", feature = "alloc-talc"))]
mod chosen {
    pub(crate) const NAME: &str = "talc";
    pub(crate) type Allocator = talc::wasm::WasmDynamicTalc;
    pub(crate) const fn new() -> Allocator {
        talc::wasm::new_wasm_dynamic_allocator()
    }
}

#[cfg(all(
    target_arch = "wasm32",
    feature = "alloc-lol",
    not(feature = "alloc-talc")
))]
mod chosen {
    use lol_alloc::{AssumeSingleThreaded, LeakingAllocator};

    pub(crate) const NAME: &str = "lol_alloc";
    pub(crate) type Allocator = AssumeSingleThreaded<LeakingAllocator>;
    pub(crate) const fn new() -> Allocator {
        // SAFETY: neither of the WASI targets that this crate is built for has threads.
        unsafe { AssumeSingleThreaded::new(LeakingAllocator::new()) }
    }
}

/// wasi-libc's malloc; natively whatever the operating system has, since the others are made for WebAssembly.
#[cfg(any(
    not(target_arch = "wasm32"),
    all(
        feature = "alloc-system",
        not(feature = "alloc-talc"),
        not(feature = "alloc-lol")
    )
))]
mod chosen {
    pub(crate) const NAME: &str = if cfg!(target_arch = "wasm32") {
        "wasi-libc"
    } else {
        "system"
    };
    pub(crate) type Allocator = std::alloc::System;
    pub(crate) const fn new() -> Allocator {
        std::alloc::System
    }
}

#[cfg(all(
    target_arch = "wasm32",
    not(any(
        feature = "alloc-talc",
        feature = "alloc-lol",
        feature = "alloc-system"
    ))
))]
mod chosen {
    pub(crate) const NAME: &str = "dlmalloc";
    pub(crate) type Allocator = dlmalloc::GlobalDlmalloc;
    pub(crate) const fn new() -> Allocator {
        dlmalloc::GlobalDlmalloc
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
