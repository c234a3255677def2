//! What the guest tells of itself.

use serde::Serialize;

use crate::allocator::{self, Memory};

/// The cargo features that are on.
const FEATURES: &[&str] = &[
    #[cfg(feature = "alloc-talc")]
    "alloc-talc",
    #[cfg(feature = "alloc-lol")]
    "alloc-lol",
    #[cfg(feature = "alloc-system")]
    "alloc-system",
    #[cfg(feature = "alloc-tracing")]
    "alloc-tracing",
];

/// What this was built for.
const TARGET: &str = if cfg!(all(target_arch = "wasm32", target_env = "p1")) {
    "wasm32-wasip1"
} else if cfg!(all(target_arch = "wasm32", target_env = "p2")) {
    "wasm32-wasip2"
} else {
    std::env::consts::ARCH
};

#[derive(Serialize)]
struct Capabilities {
    version: &'static str,
    target: &'static str,
    allocator: &'static str,
    features: &'static [&'static str],
}

/// What this build is, in JSON.
pub(crate) fn capabilities() -> String {
    to_json(&Capabilities {
        version: env!("CARGO_PKG_VERSION"),
        target: TARGET,
        allocator: allocator::NAME,
        features: FEATURES,
    })
}

#[derive(Serialize)]
struct AllocStats {
    allocator: &'static str,
    tracing: bool,
    memory: Option<Memory>,
    #[cfg(feature = "alloc-tracing")]
    counters: crate::alloc_trace::Counters,
    /// Heap held over the most that was live, minus 1: what the allocator holds beyond what was ever needed at once.
    #[cfg(feature = "alloc-tracing")]
    fragmentation: Option<f64>,
}

/// Linear memory and, in a build with `alloc-tracing`, the counters, in JSON. Taken before the JSON is made, so that it
/// tells nothing of itself.
pub(crate) fn alloc_stats() -> String {
    #[cfg(feature = "alloc-tracing")]
    let counters = allocator::GLOBAL.counters();
    let memory = allocator::memory();
    to_json(&AllocStats {
        allocator: allocator::NAME,
        tracing: cfg!(feature = "alloc-tracing"),
        #[cfg(feature = "alloc-tracing")]
        fragmentation: memory
            .as_ref()
            .map(|memory| memory.heap_bytes as f64 / counters.peak_live_bytes as f64 - 1.0),
        memory,
        #[cfg(feature = "alloc-tracing")]
        counters,
    })
}

fn to_json(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("JSON of strings and numbers cannot fail")
}
