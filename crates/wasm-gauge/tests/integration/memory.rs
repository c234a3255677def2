//! The layout of linear memory, on modules of which it is known.

use wasm_gauge::binary::Binary;
use wasm_gauge::engine::{Grants, compile};
use wasm_gauge::measure::{Memory, memory::ModuleMemory, memory::StackBasis};

use crate::support;

fn module(text: &str) -> ModuleMemory {
    let bytes = wat::parse_str(format!("(module {text})")).expect("it assembles");
    let binary = Binary::parse(&bytes).expect("it is valid");
    let mut memory = Memory::measure("x.wasm", &binary);
    memory.modules.remove(0)
}

#[test]
fn the_stack_is_recognised_or_unknown() {
    const MEMORY: &str = r#"(memory 2) (data (i32.const 4096) "x")"#;
    const LOWERS: &str = "(func (local i32)
        global.get $sp i32.const 16 i32.sub local.tee 0 global.set $sp)";
    let pointer =
        |name: &str, value: u32| format!("(global ${name} (mut i32) (i32.const {value}))");
    let named = pointer("__stack_pointer", 4096);
    let nameless = pointer("sp", 4096);
    let lowers = |count: usize| LOWERS.repeat(count);
    for (text, bytes, basis) in [
        (format!("{MEMORY} {named}"), Some(4096), StackBasis::Name),
        (
            format!("{MEMORY} {nameless} {}", lowers(2)),
            Some(4096),
            StackBasis::Prologue,
        ),
        (
            format!("{MEMORY} {nameless} (export \"__stack_pointer\" (global $sp))"),
            Some(4096),
            StackBasis::Name,
        ),
        (
            format!("{MEMORY} {nameless}"),
            None,
            StackBasis::NoStackPointer,
        ),
        // Two globals are lowered: either could be it.
        (
            format!(
                "{MEMORY} {nameless} {} {} {}",
                pointer("other", 4096),
                lowers(1),
                LOWERS.replace("$sp", "$other")
            ),
            None,
            StackBasis::NoStackPointer,
        ),
        // Lowered, but not at the beginning; raised.
        (
            format!(
                "{MEMORY} {nameless} {}",
                LOWERS.replace("(local i32)", "(local i32) nop")
            ),
            None,
            StackBasis::NoStackPointer,
        ),
        (
            format!(
                "{MEMORY} {nameless} {}",
                LOWERS.replace("i32.sub", "i32.add")
            ),
            None,
            StackBasis::NoStackPointer,
        ),
        (
            format!("(import \"env\" \"__stack_pointer\" (global (mut i32))) {MEMORY}"),
            None,
            StackBasis::NoConstant,
        ),
        // Data first, then the stack; no data.
        (
            format!("{MEMORY} {}", pointer("__stack_pointer", 4097)),
            None,
            StackBasis::NotStackFirst,
        ),
        (
            format!("(memory 1) {named}"),
            None,
            StackBasis::NotStackFirst,
        ),
    ] {
        let stack = module(&text).stack;
        assert_eq!((stack.bytes, stack.basis), (bytes, basis), "{text}");
    }
}

#[test]
fn data_and_heap_are_what_the_module_says() {
    let layout = module(
        r#"(import "env" "base" (global $base i32)) (import "env" "first" (memory 1))
        (memory (export "a") (export "b") 2 3 shared) (memory i64 4) (memory 5 (pagesize 1))
        (data "passive") (data (i32.const 100) "active") (data (memory 1) (global.get $base) "xy")"#,
    );
    let memories: Vec<_> = layout
        .memories
        .iter()
        .map(|memory| {
            (
                memory.import.is_some(),
                memory.exports.len(),
                (
                    memory.minimum_pages,
                    memory.maximum_pages,
                    memory.page_bytes,
                ),
                (memory.shared, memory.is_64_bit),
            )
        })
        .collect();
    assert_eq!(
        memories,
        [
            (true, 0, (1, None, 65_536), (false, false)),
            (false, 2, (2, Some(3), 65_536), (true, false)),
            (false, 0, (4, None, 65_536), (false, true)),
            (false, 0, (5, None, 1), (false, false)),
        ]
    );
    let segments: Vec<_> = layout
        .segments
        .iter()
        .map(|segment| (segment.memory, segment.address, segment.bytes))
        .collect();
    assert_eq!(
        segments,
        [(None, None, 7), (Some(0), Some(100), 6), (Some(1), None, 2)]
    );
    let data = layout
        .memories
        .iter()
        .map(|memory| (memory.static_data_bytes, memory.static_data_end));
    assert!(data.eq([(6, Some(106)), (2, None), (0, None), (0, None)]));
    assert_eq!(layout.passive_data_bytes, 7);
    let base = layout
        .heap_base
        .expect("there is data at a constant address");
    assert_eq!((base.address, base.is_estimate), (106, true));

    let known = module(
        r#"(memory 1) (data (i32.const 8) "x") (global (export "__heap_base") i32 (i32.const 64))"#,
    );
    let base = known.heap_base.expect("it is exported");
    assert_eq!((base.address, base.is_estimate), (64, false));
    assert!(module("(memory 1)").heap_base.is_none());

    // The end of such a segment is no address.
    let last = module(r#"(memory i64 1) (data (i64.const -1) "xy")"#);
    let base = last.heap_base.expect("there is data at a constant address");
    assert_eq!(base.address, u64::MAX);
}

/// A module, the bytes of its stack and its heap base, both in memory 0.
const MEMORIES: [(&str, Option<u64>, Option<u64>); 5] = [
    (
        r#"(memory (export "memory") 2) (memory $log 200) (global $__stack_pointer (mut i32) (i32.const 65536))
           (data (memory 0) (i32.const 65536) "static data") (data (memory $log) (i32.const 10000000) "log")"#,
        Some(65_536),
        Some(65_547),
    ),
    // Data below the stack pointer, in another memory.
    (
        r#"(memory 2) (memory $log 1) (global $__stack_pointer (mut i32) (i32.const 4096))
           (data (i32.const 4096) "x") (data (memory $log) (i32.const 0) "log")"#,
        Some(4096),
        Some(4097),
    ),
    // Only the other memory has data.
    (
        r#"(memory 2) (memory $log 1) (global $__stack_pointer (mut i32) (i32.const 4096))
           (data (memory $log) (i32.const 8192) "log")"#,
        None,
        None,
    ),
    (
        r#"(memory 2) (memory $log 1) (data (memory $log) (i32.const 8192) "log")
           (global (export "__heap_base") i32 (i32.const 64))"#,
        None,
        Some(64),
    ),
    // The imported memory is the first.
    (
        r#"(import "a" "m" (memory 1)) (memory $own 1) (data (memory $own) (i32.const 5) "x")
           (data (memory 0) (i32.const 16) "x")"#,
        None,
        Some(17),
    ),
];

#[test]
fn figures_of_one_memory_are_not_those_of_another() {
    for (text, stack, heap_base) in MEMORIES {
        let layout = module(text);
        assert_eq!(
            (layout.stack.memory, layout.stack.bytes),
            (0, stack),
            "{text}"
        );
        let base = layout.heap_base.map(|base| (base.memory, base.address));
        assert_eq!(base, heap_base.map(|address| (0, address)), "{text}");
    }
}

#[test]
fn growth_is_counted_and_failed_growth_is_not() {
    const PAGE: u64 = 65_536;
    let core = support::module_with_world("grow.wat", "dice.wit");
    for bytes in [support::component(&core), core] {
        let binary = Binary::parse(&bytes).expect("it is valid");
        let mut guest = compile(&binary)
            .and_then(|program| program.instantiate(&Grants::default()))
            .expect("it needs nothing");
        let mut pages = vec![guest.memory_bytes() / PAGE];
        for _ in 0..3 {
            guest.call("roll", &[]).expect("it returns");
            pages.push(guest.memory_bytes() / PAGE);
        }
        assert_eq!(pages, [1, 4, 7, 7]);
    }
}
