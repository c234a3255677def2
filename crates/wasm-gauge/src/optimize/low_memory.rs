//! Whether anything lies in the first 1,024 bytes of a module's memory.

use serde::Serialize;

use crate::measure::memory::{ModuleMemory, PAGE_BYTES, Segment, StackBasis};

/// wasm-opt's option that says so. With it, an address that is a sum with a constant below 1,024 becomes an
/// offset. Code does something else by it only where the sum wraps around, which takes it to the first 1,024 bytes:
/// then it traps, since an offset does not wrap.
pub(super) const OPTION: &str = "--low-memory-unused";

/// The addresses below this one are those that the option is about.
const END: u64 = 1024;

/// A stack with fewer bytes is not taken to have some to spare.
const LARGE_STACK: u64 = 65_536;

/// What lies in the first 1,024 bytes of a memory.
///
/// It is known of modules with one memory, with 32-bit addresses and pages of 64 KiB, which have static data, none of
/// it copied to a constant address below 1,024, and LLVM's stack pointer: a global that begins with a constant, and that
/// functions lower when they begin or that is called `__stack_pointer`. Code of LLVM has its objects in static data, on
/// the stack, and on the heap behind both.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum LowMemory {
    /// Nothing: the stack begins above static data, and ends there. The memory is the module's own and has no passive
    /// segments, which could be copied anywhere.
    Nothing,
    /// The end of the stack, which begins below static data at 65,536 or above, and grows down to address 0: the
    /// layout of `--stack-first`. Code that gets there is about to overflow the stack, and may trap these bytes
    /// early. So nobody else has anything there, in an imported memory too.
    EndOfStack,
    /// It is not known.
    Unknown,
}

impl LowMemory {
    pub(super) fn of(memory: &ModuleMemory) -> Self {
        let [only] = &memory.memories[..] else {
            return LowMemory::Unknown;
        };
        let held = memory.segments.iter().filter(|segment| segment.bytes > 0);
        let lowest = held.flat_map(Segment::addresses).min();
        let is_placed = |segment: &Segment| segment.address.is_some();
        let (passive, active): (Vec<_>, Vec<_>) =
            (memory.segments.iter()).partition(|segment| segment.memory.is_none());
        if only.is_64_bit
            || only.page_bytes != PAGE_BYTES
            || !active.into_iter().all(is_placed)
            || lowest.is_none_or(|address| address < END)
        {
            return LowMemory::Unknown;
        }
        match memory.stack.basis {
            StackBasis::NotStackFirst if only.import.is_none() && passive.is_empty() => {
                LowMemory::Nothing
            }
            _ if memory.stack.bytes >= Some(LARGE_STACK) => LowMemory::EndOfStack,
            _ => LowMemory::Unknown,
        }
    }
}
