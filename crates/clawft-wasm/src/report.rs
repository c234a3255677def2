//! What the guest tells of itself, in JSON.

use guest_alloc::Memory;
use serde::Serialize;

/// The cargo features that are on.
const FEATURES: &[&str] = &[
    #[cfg(feature = "alloc-bins")]
    "alloc-bins",
    #[cfg(feature = "alloc-lol")]
    "alloc-lol",
    #[cfg(feature = "alloc-lol-freelist")]
    "alloc-lol-freelist",
    #[cfg(feature = "alloc-rlsf")]
    "alloc-rlsf",
    #[cfg(feature = "alloc-system")]
    "alloc-system",
    #[cfg(feature = "alloc-talc")]
    "alloc-talc",
    #[cfg(feature = "alloc-tracing")]
    "alloc-tracing",
    #[cfg(feature = "bench")]
    "bench",
];

/// What this was built for.
const TARGET: &str = if cfg!(target_env = "p1") {
    "wasm32-wasip1"
} else if cfg!(target_env = "p2") {
    "wasm32-wasip2"
} else if cfg!(target_arch = "wasm32") {
    "wasm32-unknown-unknown"
} else {
    "native"
};

#[derive(Serialize)]
struct Capabilities {
    version: &'static str,
    target: &'static str,
    allocator: &'static str,
    features: &'static [&'static str],
}

/// What this build is.
pub(crate) fn capabilities() -> String {
    to_json(&Capabilities {
        version: env!("CARGO_PKG_VERSION"),
        target: TARGET,
        allocator: guest_alloc::NAME,
        features: FEATURES,
    })
}

#[derive(Serialize)]
struct AllocStats {
    allocator: &'static str,
    /// Whether this build counts; if not, there are no counters.
    tracing: bool,
    memory: Option<Memory>,
    #[cfg(feature = "alloc-tracing")]
    counters: guest_alloc::Counters,
    #[cfg(feature = "alloc-tracing")]
    fragmentation: Option<f64>,
}

/// Linear memory and, if this build counts, the counters: as they are before the JSON is made, so without it.
pub(crate) fn alloc_stats() -> String {
    #[cfg(feature = "alloc-tracing")]
    let counters = guest_alloc::counters();
    let memory = guest_alloc::memory();
    to_json(&AllocStats {
        allocator: guest_alloc::NAME,
        tracing: cfg!(feature = "alloc-tracing"),
        #[cfg(feature = "alloc-tracing")]
        fragmentation: memory
            .as_ref()
            .and_then(|memory| fragmentation(memory.heap_bytes, counters.peak_live_bytes)),
        memory,
        #[cfg(feature = "alloc-tracing")]
        counters,
    })
}

/// Heap held over the most that was live at once, minus 1: 0.25 is a quarter more than needed. None when nothing was.
#[cfg(any(feature = "alloc-tracing", test))]
fn fragmentation(heap_bytes: usize, peak_live_bytes: u64) -> Option<f64> {
    (peak_live_bytes > 0).then(|| heap_bytes as f64 / peak_live_bytes as f64 - 1.0)
}

pub(crate) fn to_json(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("JSON of strings and numbers")
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn capabilities_are_those_of_this_build() {
        let found: Value = serde_json::from_str(&capabilities()).expect("JSON");
        let mut features = Vec::new();
        for (name, on) in [
            ("alloc-bins", cfg!(feature = "alloc-bins")),
            ("alloc-lol", cfg!(feature = "alloc-lol")),
            ("alloc-lol-freelist", cfg!(feature = "alloc-lol-freelist")),
            ("alloc-rlsf", cfg!(feature = "alloc-rlsf")),
            ("alloc-system", cfg!(feature = "alloc-system")),
            ("alloc-talc", cfg!(feature = "alloc-talc")),
            ("alloc-tracing", cfg!(feature = "alloc-tracing")),
            ("bench", cfg!(feature = "bench")),
        ] {
            features.extend(on.then_some(name));
        }
        let expected = json!({
            "version": env!("CARGO_PKG_VERSION"),
            "target": "native",
            "allocator": "system",
            "features": features,
        });
        assert_eq!(found, expected);
    }

    #[test]
    fn stats_tell_whether_they_are_counted() {
        let found: Value = serde_json::from_str(&alloc_stats()).expect("JSON");
        let counted = cfg!(feature = "alloc-tracing");
        assert_eq!(found["tracing"], counted);
        assert_eq!(found.get("counters").is_some(), counted, "{found}");
        assert_eq!(found.get("fragmentation").is_some(), counted, "{found}");
    }

    #[test]
    fn fragmentation_is_what_is_held_beyond_the_peak() {
        assert_eq!(fragmentation(125, 100), Some(0.25));
        assert_eq!(fragmentation(65_536, 0), None);
    }
}
