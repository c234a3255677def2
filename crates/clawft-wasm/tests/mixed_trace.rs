//! The trace of the workload `mixed`: how it is recorded, and that the stored one is such a recording.
//!
//! To record it anew, which changes what `mixed` measures:
//! `cargo test -p clawft-wasm --features bench --test mixed_trace -- --ignored`
#![cfg(feature = "bench")]
#![allow(unsafe_code, reason = "an allocator is unsafe by nature")]

#[path = "../src/bench/trace.rs"]
mod trace;

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use clawft_agent::{Isolated, Session};
use clawft_workload::{Dialogue, SEED, Speakers, configuration};

use trace::Operation;

const STORED: &[u8] = include_bytes!("../src/bench/mixed.trace");

/// Operations of the trace.
const OPERATIONS: usize = 10_000;

/// What happened at which address.
#[derive(Clone, Copy)]
enum Event {
    Allocated(usize, Layout),
    Reallocated { from: usize, to: usize, size: usize },
    Freed(usize),
}

thread_local! {
    static RECORDING: Cell<bool> = const { Cell::new(false) };
    static EVENTS: RefCell<Vec<Event>> = const { RefCell::new(Vec::new()) };
}

/// The system's allocator; notes what a thread asks of it while that thread records.
struct Recorder;

fn note(event: Event) {
    // What the note itself allocates is not noted.
    if RECORDING.replace(false) {
        EVENTS.with_borrow_mut(|events| events.push(event));
        RECORDING.set(true);
    }
}

// SAFETY: every request goes to the system's allocator as it came, and its answer comes back unchanged.
unsafe impl GlobalAlloc for Recorder {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's promise is passed on.
        let block = unsafe { System.alloc(layout) };
        note(Event::Allocated(block.addr(), layout));
        block
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        note(Event::Freed(block.addr()));
        // SAFETY: as in `alloc`.
        unsafe { System.dealloc(block, layout) };
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // SAFETY: as in `alloc`.
        let moved = unsafe { System.realloc(block, layout, size) };
        let (from, to) = (block.addr(), moved.addr());
        note(Event::Reallocated { from, to, size });
        moved
    }
}

#[global_allocator]
static GLOBAL: Recorder = Recorder;

/// The first operations of a session that keeps the latest 20 messages and whose tools find up to 128 KiB.
fn record() -> Vec<u8> {
    EVENTS.with_borrow_mut(Vec::clear);
    RECORDING.set(true);
    let mut session = Session::new();
    let configured = session.init(&configuration(), &Isolated);
    configured.expect("the workloads' configuration");
    let mut dialogue = Dialogue::new(Speakers::new(SEED, 128 << 10), 20);
    while EVENTS.with_borrow(Vec::len) < OPERATIONS {
        let said = dialogue.exchange(&mut |input| session.process_message(input));
        said.expect("a valid dialogue");
    }
    RECORDING.set(false);
    EVENTS.with_borrow(|events| encode(&events[..OPERATIONS]))
}

/// The events as `trace` describes them; a block gets the lowest slot that is free.
fn encode(events: &[Event]) -> Vec<u8> {
    let mut slots = BTreeMap::new();
    let mut free: BTreeSet<u16> = (0..1 << 11).collect();
    let record = |event: &Event| {
        let (head, size) = match *event {
            Event::Allocated(address, layout) => {
                let slot = free.pop_first().expect("at most 2,048 blocks are live");
                slots.insert(address, slot);
                let align = u16::try_from(layout.align().ilog2()).expect("a power of two");
                assert!(align < 8, "aligned to at most 128");
                (slot << 5 | align << 2 | 2, layout.size())
            }
            Event::Reallocated { from, to, size } => {
                let slot = slots.remove(&from).expect("a live block");
                slots.insert(to, slot);
                (slot << 5 | 1, size)
            }
            Event::Freed(address) => {
                let slot = slots.remove(&address).expect("a live block");
                free.insert(slot);
                (slot << 5, 0)
            }
        };
        let size = u32::try_from(size).expect("less than 4 GiB");
        head.to_le_bytes().into_iter().chain(size.to_le_bytes())
    };
    events.iter().flat_map(record).collect()
}

/// What a trace comes to.
#[derive(Debug, Default)]
struct Shape {
    allocations: u64,
    reallocations: u64,
    deallocations: u64,
    /// Allocations of at most 64, 256, 1,024 and 4,096 bytes, and of more.
    sizes: [u64; 5],
    /// Bytes asked for by allocations and reallocations.
    bytes: u64,
    peak_live_bytes: u64,
    /// Operations, by powers of two, that blocks lived for; the last are those never freed.
    lifetimes: [u64; 15],
}

/// Replays a trace on paper: only live blocks may be reallocated or freed, and no slot may be taken twice.
fn shape(trace: &[u8]) -> Shape {
    let mut shape = Shape::default();
    let mut live = BTreeMap::new();
    let mut live_bytes = 0;
    for (now, operation) in (0_u64..).zip(trace::operations(trace)) {
        match operation {
            Operation::Allocate { slot, layout } => {
                let size = layout.size() as u64;
                shape.allocations += 1;
                shape.bytes += size;
                let class = [64, 256, 1024, 4096].iter().position(|most| size <= *most);
                shape.sizes[class.unwrap_or(4)] += 1;
                live_bytes += size;
                assert!(
                    live.insert(slot, (size, now)).is_none(),
                    "slot {slot} is taken"
                );
            }
            Operation::Reallocate { slot, size } => {
                let block = live.get_mut(&slot).expect("a live block");
                shape.reallocations += 1;
                shape.bytes += size as u64;
                live_bytes = live_bytes - block.0 + size as u64;
                block.0 = size as u64;
            }
            Operation::Free { slot } => {
                let (size, since) = live.remove(&slot).expect("a live block");
                shape.deallocations += 1;
                live_bytes -= size;
                shape.lifetimes[(now - since).ilog2() as usize] += 1;
            }
        }
        shape.peak_live_bytes = shape.peak_live_bytes.max(live_bytes);
    }
    shape.lifetimes[14] = live.len() as u64;
    shape
}

/// Another version of a library allocates a little differently: a tenth of the trace at most.
#[test]
fn the_stored_trace_is_like_one_recorded_now() {
    let (stored, now) = (shape(STORED), shape(&record()));
    println!("{stored:#?}");
    assert_eq!(
        stored.allocations + stored.reallocations + stored.deallocations,
        OPERATIONS as u64
    );
    let alike = |stored: u64, now: u64, most: u64| stored.abs_diff(now) * 10 <= most;
    let most = OPERATIONS as u64;
    assert!(alike(stored.allocations, now.allocations, most), "{now:#?}");
    assert!(
        alike(stored.reallocations, now.reallocations, most),
        "{now:#?}"
    );
    assert!(alike(stored.bytes, now.bytes, stored.bytes), "{now:#?}");
    assert!(
        alike(
            stored.peak_live_bytes,
            now.peak_live_bytes,
            stored.peak_live_bytes
        ),
        "{now:#?}"
    );
    for (stored, now) in stored.sizes.iter().zip(now.sizes) {
        assert!(alike(*stored, now, most), "{now:#?}");
    }
    for (stored, now) in stored.lifetimes.iter().zip(now.lifetimes) {
        assert!(alike(*stored, now, most), "{now:#?}");
    }
}

#[test]
fn recording_is_deterministic() {
    assert_eq!(record(), record());
}

#[test]
#[ignore = "replaces the stored trace"]
fn record_the_trace() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/bench/mixed.trace");
    let new = path.with_extension("trace.new");
    std::fs::write(&new, record()).expect("written");
    std::fs::rename(&new, &path).expect("renamed");
}
