//! Linear memory.

#![allow(
    unsafe_code,
    reason = "where the heap begins is a symbol of the linker"
)]

/// Where linear memory stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Memory {
    /// Bytes of linear memory, a multiple of the 65,536 bytes of a page.
    pub memory_bytes: usize,
    /// Bytes below the heap: stack and static data.
    pub static_bytes: usize,
    /// Bytes that the allocator holds, in use or not: all above the static part. WebAssembly gives none back.
    pub heap_bytes: usize,
}

/// Linear memory at this moment; none natively.
#[cfg(target_arch = "wasm32")]
pub fn memory() -> Option<Memory> {
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
pub fn memory() -> Option<Memory> {
    None
}
