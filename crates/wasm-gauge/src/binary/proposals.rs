//! Proposals to extend WebAssembly: what they are called, and which of them a binary needs.

use wasmparser::{Validator, WasmFeatures};

/// A proposal, or a part of one that is used by itself.
struct Proposal {
    /// What it is called here: core proposals by their names of `wasm-gauge targets`.
    name: &'static str,
    /// What wasmparser has to accept.
    flags: WasmFeatures,
    /// Whether binaries with it are read.
    is_read: bool,
}

const fn read(name: &'static str, flags: WasmFeatures) -> Proposal {
    Proposal {
        name,
        flags,
        is_read: true,
    }
}

const fn unread(name: &'static str, flags: WasmFeatures) -> Proposal {
    Proposal {
        name,
        flags,
        is_read: false,
    }
}

/// All proposals that wasmparser knows; what includes another stands above it.
///
/// Read is what is in phase 4 or later, and what toolchains emit besides: the exceptions that browsers
/// still run, single-byte pages, and the parts of the component model's async ABI that WASI 0.3
/// toolchains use.
#[rustfmt::skip]
const PROPOSALS: [Proposal; 39] = {
    use WasmFeatures as W;
    [
        read("compact-imports", W::COMPACT_IMPORTS),
        read("custom-page-sizes", W::CUSTOM_PAGE_SIZES),
        read("wide-arithmetic", W::WIDE_ARITHMETIC),
        read("gc", W::GC),
        read("function-references", W::FUNCTION_REFERENCES),
        read("memory64", W::MEMORY64),
        read("multimemory", W::MULTI_MEMORY),
        read("relaxed-simd", W::RELAXED_SIMD),
        read("simd128", W::SIMD),
        read("atomics", W::THREADS),
        read("tail-call", W::TAIL_CALL),
        read("legacy-exceptions", W::LEGACY_EXCEPTIONS),
        read("exception-handling", W::EXCEPTIONS),
        read("extended-const", W::EXTENDED_CONST),
        read("reference-types", W::REFERENCE_TYPES),
        read("call-indirect-overlong", W::CALL_INDIRECT_OVERLONG),
        read("multivalue", W::MULTI_VALUE),
        read("bulk-memory", W::BULK_MEMORY),
        read("bulk-memory-opt", W::BULK_MEMORY_OPT),
        read("nontrapping-fptoint", W::SATURATING_FLOAT_TO_INT),
        read("sign-ext", W::SIGN_EXTENSION),
        read("mutable-globals", W::MUTABLE_GLOBAL),
        unread("custom-descriptors", W::CUSTOM_DESCRIPTORS),
        unread("memory-control", W::MEMORY_CONTROL),
        unread("shared-everything-threads", W::SHARED_EVERYTHING_THREADS),
        unread("stack-switching", W::STACK_SWITCHING),
        read("component-model", W::COMPONENT_MODEL),
        read("component-model-async", W::CM_ASYNC),
        read("component-model-async-stackful", W::CM_ASYNC_STACKFUL),
        read("component-model-more-async-builtins", W::CM_MORE_ASYNC_BUILTINS),
        read("component-model-error-context", W::CM_ERROR_CONTEXT),
        read("component-model-fixed-length-lists", W::CM_FIXED_LENGTH_LISTS),
        unread("component-model-threading", W::CM_THREADING),
        unread("component-model-gc", W::CM_GC),
        unread("component-model-values", W::CM_VALUES),
        unread("component-model-nested-names", W::CM_NESTED_NAMES),
        unread("component-model-map", W::CM_MAP),
        unread("component-model-64", W::CM64),
        unread("component-model-implements", W::CM_IMPLEMENTS),
    ]
};

/// What wasmparser accepts of the binaries that are read.
pub(crate) fn features() -> WasmFeatures {
    let read = PROPOSALS.iter().filter(|proposal| proposal.is_read);
    read.map(|proposal| proposal.flags)
        .fold(WasmFeatures::MVP, WasmFeatures::union)
}

/// The names of all proposals, with whether binaries with it are read.
pub fn proposals() -> impl Iterator<Item = (&'static str, bool)> {
    PROPOSALS
        .iter()
        .map(|proposal| (proposal.name, proposal.is_read))
}

/// The proposals that `bytes` need beyond what `accepted` accepts: without any of them they are not
/// valid. None where they are not valid with all of them.
pub(crate) fn missing(bytes: &[u8], accepted: WasmFeatures) -> Vec<&'static str> {
    let is_valid = |flags: WasmFeatures| {
        Validator::new_with_features(flags)
            .validate_all(bytes)
            .is_ok()
    };
    let all = |proposals: &[&Proposal]| {
        proposals
            .iter()
            .map(|proposal| proposal.flags)
            .fold(accepted, WasmFeatures::union)
    };
    let others: Vec<&Proposal> = PROPOSALS
        .iter()
        .filter(|proposal| !accepted.contains(proposal.flags))
        .collect();
    let mut needed = Vec::new();
    if !is_valid(all(&others)) {
        return Vec::new();
    }
    for (index, proposal) in others.iter().enumerate() {
        if !is_valid(all(&others[index + 1..]) | all(&needed)) {
            needed.push(*proposal);
        }
    }
    needed.iter().map(|proposal| proposal.name).collect()
}
