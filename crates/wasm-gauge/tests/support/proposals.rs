//! Modules and components that use one proposal each, and combinations of them.

/// A proposal, and texts that need it and as little else as can be. A text that begins with
/// `(component` or `(module` is whole; around others stands `(module ...)`.
pub struct Proposal {
    /// What the tool calls it.
    pub name: &'static str,
    pub texts: &'static [&'static str],
}

const fn proposal(name: &'static str, texts: &'static [&'static str]) -> Proposal {
    Proposal { name, texts }
}

/// All proposals that the tool reads. What each module exports is `f`, so that nothing is optimised away.
pub const READ: &[Proposal] = &[
    proposal(
        "mvp",
        &[
            r#"(func (export "f") (param i32) (result i32) (i32.add (local.get 0) (i32.const 1)))"#,
            r#"(memory (export "m") 1 2) (data (i32.const 8) "static")
           (func (export "f") (result i32) (i32.load8_u (i32.const 9)))"#,
            r#"(import "a" "b" (func $b (param f64) (result f32))) (table 2 funcref) (elem (i32.const 0) $b)
           (func (export "f") (result f32) (call_indirect (param f64) (result f32) (f64.const 1) (i32.const 0)))"#,
        ],
    ),
    proposal(
        "mutable-globals",
        &[
            r#"(global $g (export "g") (mut i32) (i32.const 0)) (func (export "f") (global.set $g (i32.const 1)))"#,
            r#"(import "a" "g" (global (mut i64))) (func (export "f") (result i64) (global.get 0))"#,
        ],
    ),
    proposal(
        "nontrapping-fptoint",
        &[
            r#"(func (export "f") (param f64) (result i32) (i32.trunc_sat_f64_s (local.get 0)))"#,
            r#"(func (export "f") (param f32) (result i64) (i64.trunc_sat_f32_u (local.get 0)))"#,
        ],
    ),
    proposal(
        "sign-ext",
        &[
            r#"(func (export "f") (param i32) (result i32) (i32.extend8_s (local.get 0)))"#,
            r#"(func (export "f") (param i64) (result i64) (i64.extend32_s (local.get 0)))"#,
        ],
    ),
    proposal(
        "multivalue",
        &[
            r#"(func (export "f") (param i32) (result i32 i64) (local.get 0) (i64.const 1))"#,
            r#"(func (export "f") (param i32) (result i32)
             (local.get 0) (block (param i32) (result i32 i32) (i32.const 2)) (i32.add))"#,
            r#"(func (export "f") (param i32) (result i32)
             (local.get 0) (loop (param i32) (result i32) (i32.const 1) (i32.add)))"#,
        ],
    ),
    proposal(
        "bulk-memory",
        &[
            r#"(memory (export "m") 1) (data $d "text")
           (func (export "f") (memory.init $d (i32.const 0) (i32.const 0) (i32.const 4)) (data.drop $d))"#,
            r#"(table $t 1 funcref) (elem $e func $f)
           (func $f (export "f") (table.init $t $e (i32.const 0) (i32.const 0) (i32.const 1)) (elem.drop $e)
             (call_indirect (i32.const 0)))"#,
            r#"(table (export "t") 2 funcref) (func (export "f") (table.copy (i32.const 0) (i32.const 1) (i32.const 1)))"#,
        ],
    ),
    proposal(
        "bulk-memory-opt",
        &[
            r#"(memory (export "m") 1) (func (export "f") (memory.fill (i32.const 0) (i32.const 1) (i32.const 9)))"#,
            r#"(memory (export "m") 1) (func (export "f") (memory.copy (i32.const 0) (i32.const 1) (i32.const 9)))"#,
        ],
    ),
    proposal(
        "reference-types",
        &[
            r#"(func (export "f") (param externref) (result externref) (local.get 0))"#,
            r#"(table $t (export "t") 1 externref)
           (func (export "f") (param externref) (table.set $t (i32.const 0) (local.get 0)))"#,
            r#"(table $a (export "a") 1 funcref) (table $b (export "b") 1 funcref)
           (func (export "f") (result i32) (table.grow $b (ref.null func) (i32.const 1)))"#,
            r#"(global (export "g") (mut externref) (ref.null extern))
           (func (export "f") (param externref) (result i32) (ref.is_null (local.get 0)))"#,
            r#"(func $g) (elem declare func $g) (func (export "f") (result funcref) (ref.func $g))"#,
            r#"(func (export "f") (param i32) (result funcref)
             (select (result funcref) (ref.null func) (ref.null func) (local.get 0)))"#,
        ],
    ),
    proposal(
        "simd128",
        &[
            r#"(func (export "f") (param v128) (result v128) (i32x4.add (local.get 0) (v128.const i32x4 1 2 3 4)))"#,
            r#"(memory (export "m") 1) (func (export "f") (v128.store (i32.const 0) (i8x16.splat (i32.const 1))))"#,
        ],
    ),
    proposal(
        "relaxed-simd",
        &[
            r#"(func (export "f") (param v128) (result v128) (i32x4.relaxed_trunc_f32x4_s (local.get 0)))"#,
            r#"(func (export "f") (param v128 v128 v128) (result v128)
             (f32x4.relaxed_madd (local.get 0) (local.get 1) (local.get 2)))"#,
        ],
    ),
    proposal(
        "atomics",
        &[
            r#"(memory (export "m") 1 1 shared)
           (func (export "f") (result i32) (i32.atomic.rmw.add (i32.const 0) (i32.const 1)))"#,
            r#"(import "a" "m" (memory 1 2 shared)) (func (export "f") (atomic.fence))"#,
            r#"(memory 1 1 shared)
           (func (export "f") (result i32) (memory.atomic.wait32 (i32.const 0) (i32.const 0) (i64.const 0)))"#,
        ],
    ),
    proposal(
        "tail-call",
        &[
            r#"(func $f (export "f") (param i32) (result i32) (return_call $f (local.get 0)))"#,
            r#"(table 1 funcref) (func (export "f") (return_call_indirect (i32.const 0)))"#,
        ],
    ),
    proposal(
        "extended-const",
        &[
            r#"(global (export "g") i32 (i32.add (i32.const 1) (i32.const 2))) (func (export "f"))"#,
            r#"(import "a" "base" (global i32)) (memory (export "m") 1)
           (data (i32.add (global.get 0) (i32.const 8)) "x") (func (export "f"))"#,
        ],
    ),
    proposal(
        "multimemory",
        &[
            r#"(memory (export "a") 1) (memory $b (export "b") 1) (func (export "f") (result i32) (memory.size $b))"#,
            r#"(memory (export "a") 1) (memory $b (export "b") 1) (data (memory $b) (i32.const 5) "x")
           (func (export "f") (result i32) (i32.load $b (i32.const 0)))"#,
        ],
    ),
    proposal(
        "memory64",
        &[
            r#"(memory (export "m") i64 1) (func (export "f") (result i64) (memory.grow (i64.const 1)))"#,
            r#"(memory i64 1) (data (i64.const 3) "x") (func (export "f") (result i32) (i32.load (i64.const 0)))"#,
            r#"(table (export "t") i64 1 funcref) (func (export "f") (call_indirect (i64.const 0)))"#,
        ],
    ),
    proposal(
        "exception-handling",
        &[
            r#"(tag $t (param i32)) (func (export "f") (throw $t (i32.const 1)))"#,
            r#"(tag $t (export "t")) (func (export "f") (block $l (try_table (catch $t $l) (throw $t))))"#,
            r#"(func (export "f") (block $l (result exnref) (try_table (catch_all_ref $l)) (return)) (throw_ref))"#,
            r#"(func (export "f") (param exnref))"#,
            r#"(import "a" "t" (tag (param i64 i32))) (func (export "f") (result i64 i32)
             (block $l (result i64 i32) (try_table (catch 0 $l) (throw 0 (i64.const 1) (i32.const 2))) (unreachable)))"#,
        ],
    ),
    proposal(
        "legacy-exceptions",
        &[
            r#"(func $g (import "a" "g")) (func (export "f") try call $g catch_all end)"#,
            r#"(func $g (import "a" "g")) (tag $t (param i32))
           (func (export "f") (result i32) try (result i32) call $g i32.const 0 catch $t end)"#,
            r#"(func $g (import "a" "g")) (tag $t) (func (export "f") try $l call $g catch $t rethrow $l end)"#,
            r#"(func $g (import "a" "g")) (func (export "f") try $l try call $g delegate $l catch_all end)"#,
        ],
    ),
    proposal(
        "function-references",
        &[
            r#"(type $t (func)) (func (export "f") (param (ref $t)) (return_call_ref $t (local.get 0)))"#,
            r#"(type $t (func (result i32))) (func (export "f") (param (ref null $t)) (result i32)
             (call_ref $t (local.get 0)))"#,
            r#"(func (export "f") (param funcref) (result (ref func)) (ref.as_non_null (local.get 0)))"#,
            r#"(func (export "f") (param externref) (block $l (br_on_null $l (local.get 0)) (drop)))"#,
            r#"(type $t (func)) (func $g) (elem declare func $g)
           (func (export "f") (local $r (ref $t)) (local.set $r (ref.func $g)) (call_ref $t (local.get $r)))"#,
            r#"(func $g (export "g")) (table (export "t") 1 (ref func) (ref.func $g)) (func (export "f"))"#,
        ],
    ),
    proposal(
        "gc",
        &[
            r#"(type $s (struct (field i32)))
           (func (export "f") (result i32) (struct.get $s 0 (struct.new $s (i32.const 1))))"#,
            r#"(type $s (struct (field (mut i8)))) (func (export "f") (result (ref $s)) (struct.new_default $s))"#,
            r#"(type $a (array (mut i16))) (func (export "f") (param i32) (result i32)
             (array.len (array.new_default $a (local.get 0))))"#,
            r#"(type $a (array i8)) (data $d "text") (func (export "f") (result (ref $a))
             (array.new_data $a $d (i32.const 0) (i32.const 4)))"#,
            r#"(func (export "f") (param i32) (result i32) (i31.get_s (ref.i31 (local.get 0))))"#,
            r#"(rec (type $a (sub (struct (field (ref null $b))))) (type $b (sub $a (struct (field (ref null $b)) (field f64)))))
           (func (export "f") (param (ref $a)) (result i32) (ref.test (ref $b) (local.get 0)))"#,
            r#"(func (export "f") (param externref) (result anyref) (any.convert_extern (local.get 0)))"#,
            r#"(type $s (struct)) (global (export "g") (ref $s) (struct.new $s)) (func (export "f"))"#,
            r#"(func (export "f") (param anyref anyref) (result i32)
             (ref.eq (ref.cast eqref (local.get 0)) (ref.cast eqref (local.get 1))))"#,
        ],
    ),
    proposal(
        "custom-page-sizes",
        &[
            r#"(memory (export "m") 100 (pagesize 1)) (func (export "f") (result i32) (memory.grow (i32.const 1)))"#,
        ],
    ),
    proposal(
        "wide-arithmetic",
        &[
            r#"(func (export "f") (param i64 i64 i64 i64) (result i64 i64)
             (i64.add128 (local.get 0) (local.get 1) (local.get 2) (local.get 3)))"#,
            r#"(func (export "f") (param i64 i64) (result i64)
             (local i64) (i64.mul_wide_u (local.get 0) (local.get 1)) (local.set 2) (drop) (local.get 2))"#,
        ],
    ),
    // The index of the table, 0, in two bytes.
    proposal(
        "call-indirect-overlong",
        &[
            r#"(module binary "\00asm\01\00\00\00" "\01\04\01\60\00\00" "\03\02\01\00" "\04\04\01\70\00\01"
             "\07\05\01\01f\00\00" "\0a\0a\01\08\00\41\00\11\00\80\00\0b")"#,
        ],
    ),
    proposal(
        "compact-imports",
        &[r#"(import "a" (item "b" (func)) (item "c" (global i32))) (func (export "f"))"#],
    ),
];

/// What components need besides what core modules do.
pub const READ_IN_COMPONENTS: &[Proposal] = &[
    proposal(
        "component-model",
        &[
            r#"(component (core module $m (func (export "f") (result i32) (i32.const 7)))
                 (core instance $i (instantiate $m))
                 (func (export "f") (result u32) (canon lift (core func $i "f"))))"#,
            r#"(component (component (core module)) (type (record (field "a" string))))"#,
        ],
    ),
    proposal(
        "component-model-async",
        &["(component (core func (canon task.cancel)))"],
    ),
    proposal(
        "component-model-async-stackful",
        &[
            r#"(component (core module $m (func (export "f"))) (core instance $i (instantiate $m))
               (func (export "f") async (canon lift (core func $i "f") async)))"#,
        ],
    ),
    proposal(
        "component-model-more-async-builtins",
        &["(component (core func (canon subtask.cancel async)))"],
    ),
    proposal(
        "component-model-error-context",
        &["(component (core func (canon error-context.drop)))"],
    ),
    proposal(
        "component-model-fixed-length-lists",
        &["(component (type (list u8 4)))"],
    ),
];

/// What is refused by its name.
pub const UNREAD: &[Proposal] = &[
    proposal(
        "custom-descriptors",
        &["(rec (type $a (descriptor $b) (struct)) (type $b (describes $a) (struct)))"],
    ),
    proposal(
        "memory-control",
        &["(memory 1) (func (memory.discard (i32.const 0) (i32.const 0)))"],
    ),
    proposal("shared-everything-threads", &["(type (shared (func)))"]),
    proposal("stack-switching", &["(type $f (func)) (type (cont $f))"]),
    proposal(
        "component-model-threading",
        &["(component (core func (canon thread.index)))"],
    ),
    proposal(
        "component-model-gc",
        &[
            r#"(component (core module $m (func (export "f"))) (core instance $i (instantiate $m))
               (core type $t (func)) (func (export "f") (canon lift (core func $i "f") gc)))"#,
        ],
    ),
    proposal(
        "component-model-values",
        &[r#"(component (import "v" (value $v string)) (export "w" (value $v)))"#],
    ),
    proposal(
        "component-model-nested-names",
        &[r#"(component (import "a:b:c/d" (instance)))"#],
    ),
    proposal(
        "component-model-map",
        &["(component (type (map string u32)))"],
    ),
    proposal(
        "component-model-64",
        &["(component (core func (canon context.get i64 0)))"],
    ),
    proposal(
        "component-model-implements",
        &[r#"(component (import "a" (implements "a:b/c") (instance)))"#],
    ),
];

impl Proposal {
    /// Its modules or components.
    pub fn binaries(&self) -> Vec<Vec<u8>> {
        let texts = self.texts.iter().map(|text| {
            let is_whole = text.starts_with("(component") || text.starts_with("(module");
            let text = if is_whole {
                (*text).to_owned()
            } else {
                format!("(module {text})")
            };
            wat::parse_str(&text).unwrap_or_else(|error| panic!("{}: {text}: {error}", self.name))
        });
        texts.collect()
    }

    /// A component of them all, which instantiates nothing.
    pub fn component(&self) -> Vec<u8> {
        super::component_with(&self.binaries())
    }
}
