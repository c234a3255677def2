//! Files of at most 1 KB that claim to be huge, or are: each is read or refused in little memory.

#![allow(
    unsafe_code,
    reason = "allocations can only be counted by an allocator"
)]

mod support;

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering};

use support::{COMPONENT, MODULE, section};
use wasm_gauge::binary::{Binary, replace_core_modules};
use wasm_gauge::engine::{Grants, compile};
use wasm_gauge::judge::{MemoryVerdict, find_banned};
use wasm_gauge::measure::externs::{Direction, Externs};
use wasm_gauge::measure::{Gzip, Memory, Profile, Sections, Sizes, TargetFeatures};
use wasm_gauge::policy::Bans;
use wasm_gauge::render::{Format, ProfileTable, Show, TopProfile, render};

/// The most that reading one of them may take, in bytes.
const MOST: usize = 64 * 1024 * 1024;

/// The system's allocator, counting.
struct Counting {
    /// Bytes allocated and not freed.
    held: AtomicUsize,
    /// The most that `held` has been since it was reset.
    peak: AtomicUsize,
}

impl Counting {
    fn add(&self, bytes: usize) {
        let held = self.held.fetch_add(bytes, Ordering::Relaxed) + bytes;
        self.peak.fetch_max(held, Ordering::Relaxed);
    }

    /// Does `work` and tells how many bytes more than before were held at once.
    fn peak_of(&self, work: impl FnOnce()) -> usize {
        let before = self.held.load(Ordering::Relaxed);
        self.peak.store(before, Ordering::Relaxed);
        work();
        self.peak.load(Ordering::Relaxed) - before
    }
}

// SAFETY: each request goes to the system's allocator as it is, and each of its answers back.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        self.add(layout.size());
        // SAFETY: the caller keeps the contract of `alloc`.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        self.add(layout.size());
        // SAFETY: the caller keeps the contract of `alloc_zeroed`.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        self.held.fetch_sub(layout.size(), Ordering::Relaxed);
        // SAFETY: the caller keeps the contract of `dealloc`, and the memory is the system's.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting {
    held: AtomicUsize::new(0),
    peak: AtomicUsize::new(0),
};

/// The number 2^32 - 1, as a count.
const HUGE: [u8; 5] = [0xff, 0xff, 0xff, 0xff, 0x0f];

/// A file, what to call it, and where it is valid what is said when it is to be run.
struct Case {
    name: String,
    bytes: Vec<u8>,
    run: Option<Result<(), &'static str>>,
}

impl Case {
    /// A file that may be refused, or be valid.
    fn claim(name: impl Into<String>, parts: &[&[u8]]) -> Self {
        Case {
            name: name.into(),
            bytes: parts.concat(),
            run: None,
        }
    }

    /// A valid file.
    fn valid(name: impl Into<String>, bytes: Vec<u8>, run: Result<(), &'static str>) -> Self {
        Case {
            name: name.into(),
            bytes,
            run: Some(run),
        }
    }

    /// A component.
    fn component(name: &str, text: &str, run: Result<(), &'static str>) -> Self {
        let text = format!("(component {text})");
        let bytes = wat::parse_str(text).unwrap_or_else(|error| panic!("{name}: {error}"));
        Self::valid(name, bytes, run)
    }

    /// A component that instantiates a core module.
    fn module(name: &str, text: &str, run: Result<(), &'static str>) -> Self {
        let text = format!("(core module $m {text}) (core instance (instantiate $m))");
        Self::component(name, &text, run)
    }
}

fn repeated(count: usize, part: impl Fn(usize) -> String) -> String {
    (0..count).map(part).collect()
}

/// Counts and lengths that nothing stands behind.
fn claims() -> Vec<Case> {
    let mut cases = Vec::new();
    for (header, ids) in [(MODULE, 1..=13), (COMPONENT, 1..=11)] {
        for id in ids {
            for behind in [&[][..], &[0; 900]] {
                let counted = section(id, &[&HUGE[..], behind].concat(), 0);
                let name = format!("count in section {id}");
                cases.push(Case::claim(name, &[&header, &counted]));
                let name = format!("length of section {id}");
                cases.push(Case::claim(name, &[&header, &[id], &HUGE, behind]));
            }
        }
    }
    let custom = |name: &str, contents: &[u8]| {
        let length = [name.len() as u8];
        section(0, &[&length, name.as_bytes(), contents].concat(), 0)
    };
    for name in [
        "component-type",
        "dylink.0",
        "linking",
        "name",
        "producers",
        "target_features",
    ] {
        for behind in [&[][..], &[0; 900]] {
            let counted = custom(name, &[&HUGE[..], behind].concat());
            cases.push(Case::claim(
                format!("count in {name}"),
                &[&MODULE, &counted],
            ));
        }
    }
    for kind in 0..=11 {
        let names = custom("name", &[&[kind, 15][..], &HUGE, &HUGE, &HUGE].concat());
        cases.push(Case::claim(
            format!("names of kind {kind}"),
            &[&MODULE, &names],
        ));
    }
    for (name, body) in [
        ("locals", [&[1][..], &HUGE, &[0x7f, 0x0b]].concat()),
        (
            "br_table",
            [&[0, 0x41, 0, 0x0e][..], &HUGE, &[0x0b]].concat(),
        ),
    ] {
        cases.push(Case::claim(name, &[&functions(1, &body)]));
    }
    // Longer than the file, which ends where a section of the nested unit could begin.
    for (id, header) in [(1, MODULE), (4, COMPONENT)] {
        let name = "a nested unit that is cut off";
        cases.push(Case::claim(name, &[&COMPONENT, &[id, 0xc7, 5], &header]));
    }
    for id in [9, 11] {
        for kind in 0..8 {
            // An address where the kind has one, then a length.
            for address in [&[][..], &[0x41, 0, 0x0b]] {
                let segment = [&[1, kind][..], address, &HUGE].concat();
                let name = format!("segment of kind {kind} in section {id}");
                cases.push(Case::claim(name, &[&MODULE, &section(id, &segment, 0)]));
            }
        }
    }
    cases
}

/// A core module with `count` functions of the same body.
fn functions(count: u8, body: &[u8]) -> Vec<u8> {
    let code = [&[body.len() as u8], body].concat();
    [
        &MODULE[..],
        &section(1, &[1, 0x60, 0, 0], 0),
        &section(3, &[&[count][..], &vec![0; count.into()]].concat(), 0),
        &section(10, &[&[count][..], &code.repeat(count.into())].concat(), 0),
    ]
    .concat()
}

/// Much that is valid, and types and instances that double at each level.
fn giants() -> Vec<Case> {
    const MEMORIES: &str = "its linear memories would be larger than 1 GiB";
    const TABLES: &str = "its tables would have more than 1048576 elements";
    const INSTANCES: &str = "its components instantiate one another so often";
    let nested = (1..90).fold(COMPONENT.to_vec(), |inner, _| {
        [&COMPONENT[..], &section(4, &inner, 0)].concat()
    });
    // One group of 50,000 locals of type v128, which is the most there may be.
    let locals = functions(10, &[1, 0xd0, 0x86, 3, 0x7b, 0x0b]);
    let locals = [
        &COMPONENT[..],
        &section(1, &locals, 0),
        &section(2, &[1, 0, 0, 0], 0),
    ]
    .concat();
    let mut cases = vec![
        Case::valid("components in components", nested, Ok(())),
        Case::valid("functions with many locals", locals, Ok(())),
        Case::module("a huge memory", "(memory 65536)", Err(MEMORIES)),
        Case::module(
            "a huge 64-bit memory",
            "(memory i64 0xffffffffffff)",
            Err(MEMORIES),
        ),
        Case::module(
            "a memory that grows",
            "(memory 1) (func $f (drop (memory.grow (i32.const 16384)))) (start $f)",
            Ok(()),
        ),
        Case::module("many memories", &"(memory 1000)".repeat(100), Err(MEMORIES)),
        Case::module(
            "data at the ends of many memories",
            &repeated(50, |at| {
                format!("(memory 256) (data (memory {at}) (i32.const 0xffffff) \"x\")")
            }),
            Ok(()),
        ),
        Case::module("a huge table", "(table 10000000 funcref)", Err(TABLES)),
        Case::module(
            "many tables",
            &"(table 20000 funcref)".repeat(100),
            Err(TABLES),
        ),
        Case::module(
            "a table that grows",
            "(table 1 funcref) (start $f)
            (func $f (drop (table.grow 0 (ref.null func) (i32.const 10000000))))",
            Ok(()),
        ),
        Case::valid(
            "a type with many parameters, imported many times",
            wat::parse_str(format!(
                "(module (type $t (func (param{}))) {})",
                " i32".repeat(400),
                r#"(import "" "" (func (type $t)))"#.repeat(100)
            ))
            .expect("it assembles"),
            Err("a core module without a component-type section"),
        ),
        Case::component(
            "a component that instantiates what it is given",
            "(component $c (import \"x\" (component $x)) (instance (instantiate $x)))
            (component $empty) (instance (instantiate $c (with \"x\" (component $empty))))",
            Err("it instantiates a component that it imports"),
        ),
    ];
    let leaves = [
        (
            "a core instance",
            4,
            "(core module $m) (core instance (instantiate $m))".to_owned(),
        ),
        ("60 resources", 3, "(type (resource (rep i32)))".repeat(60)),
        (
            "60 functions",
            3,
            format!(
                "(type $t (resource (rep i32))) {}",
                "(core func (canon resource.new $t))".repeat(60)
            ),
        ),
    ];
    for (leaf, most, text) in leaves {
        for (levels, run) in [
            (most, Ok(())),
            (most + 1, Err(INSTANCES)),
            (10, Err(INSTANCES)),
        ] {
            let instantiate = |level| format!("(instance (instantiate ${level}))");
            let name = format!("{levels} levels of 8 instances of {leaf}");
            let text = format!(
                "(component $0 {text}) {} {}",
                repeated(levels, |level| {
                    let instances = instantiate(level).repeat(8);
                    format!("(component ${} {instances})", level + 1)
                }),
                instantiate(levels)
            );
            cases.push(Case::component(&name, &text, run));
        }
    }
    // As large as a type may be: twice as much is refused.
    const LEVELS: usize = 17;
    for pair in ["(tuple $ $)", "(result $ (error $))"] {
        let types = |levels| {
            repeated(levels, |level| {
                let pair = pair.replace('$', &format!("${level}"));
                format!("(type ${} {pair})", level + 1)
            })
        };
        let text = format!(
            "(core module $m (memory (export \"m\") 1)
                (func (export \"f\") (result i32) (i32.const 0)))
            (core instance $i (instantiate $m))
            (type $0 u8) {}
            (func (export \"f\") (result ${LEVELS})
                (canon lift (core func $i \"f\") (memory $i \"m\")))",
            types(LEVELS)
        );
        cases.push(Case::component(&format!("doubled {pair}"), &text, Ok(())));
        let text = format!("(component (type $0 u8) {})", types(60));
        let bytes = wat::parse_str(text).expect("it assembles");
        cases.push(Case::claim(format!("doubled {pair}, 60 times"), &[&bytes]));
    }
    let world = format!(
        "package a:b; world w {{ type t0 = u8; {} export f: func() -> t{LEVELS}; }}",
        repeated(LEVELS, |level| format!(
            "type t{} = result<t{level}, t{level}>;",
            level + 1
        ))
    );
    let module = support::with_world(MODULE.to_vec(), &world);
    cases.push(Case::valid(
        "doubled result in a world",
        module,
        Err("exports no memory"),
    ));
    cases
}

/// Every reader of the library, and every format of what they find.
fn read(bytes: &[u8], gzip: &Gzip) {
    let Ok(binary) = Binary::parse(bytes) else {
        return;
    };
    show(&Sections::measure("x.wasm", &binary));
    for direction in [Direction::Imports, Direction::Exports] {
        show(&Externs::measure("x.wasm", &binary, direction, true).expect("it is valid"));
    }
    show(&MemoryVerdict::of(Memory::measure("x.wasm", &binary), None));
    show(&TargetFeatures::measure("x.wasm", &binary));
    let profile = Profile::measure("x.wasm", &binary, Some(&binary)).expect("it is its own twin");
    show(&TopProfile {
        profile,
        tables: vec![
            ProfileTable::Items,
            ProfileTable::Dominators,
            ProfileTable::Monomorphizations,
            ProfileTable::Garbage,
        ],
        top: 10,
        depth: 10,
    });
    let _ = find_banned(&binary, None, &Bans::default());
    Sizes::measure("x.wasm", &binary, gzip).expect("gzip works");
    replace_core_modules(&binary, |_, module| Some(module.to_vec()));
}

fn show(what: &impl Show) {
    for format in [
        Format::Text {
            colour: true,
            width: Some(80),
        },
        Format::Markdown,
        Format::Json,
    ] {
        render(what, format);
    }
}

#[test]
fn no_small_file_takes_much_memory() {
    let gzip = Gzip::find().expect("these tests need GNU gzip on PATH");
    for Case { name, bytes, run } in claims().into_iter().chain(giants()) {
        assert!(bytes.len() <= 1024, "{name}: {} bytes", bytes.len());
        let peak = ALLOCATOR.peak_of(|| read(&bytes, &gzip));
        assert!(peak <= MOST, "{name}: {peak} bytes to read it");
        let parsed = Binary::parse(&bytes);
        if let Some(expected) = run {
            let binary = parsed.unwrap_or_else(|reason| panic!("{name}: {reason}"));
            let mut said = Ok(());
            let peak = ALLOCATOR.peak_of(|| {
                said = compile(&binary)
                    .and_then(|program| program.instantiate(&Grants::default()))
                    .map(drop);
            });
            assert!(peak <= MOST, "{name}: {peak} bytes to run it");
            match (&said, expected) {
                (Ok(()), Ok(())) => {}
                (Err(said), Err(expected)) if said.line().contains(expected) => {}
                _ => panic!("{name}: {said:?}, not {expected:?}"),
            }
        }
    }
}
