//! JSON Schemas of what the subcommands print for programs and of the file that they keep.

use schemars::generate::SchemaSettings;
use schemars::transform::RecursiveTransform;
use schemars::{JsonSchema, Schema};
use serde_json::Value;
use wasm_gauge::engine::{Reply, calls::Call};
use wasm_gauge::judge::{
    Assessment, BanVerdict, BaselineVerdict, JudgedReport, Kept, Lint, MemoryVerdict,
    NativeVerdict, Sameness, Verdict, Verification,
};
use wasm_gauge::measure::bench::Bench;
use wasm_gauge::measure::{Diff, Externs, Paths, Profile, Sections, Startup, TargetFeatures};
use wasm_gauge::optimize::{Optimized, Recipe};
use wasm_gauge::policy::Policy;
use wasm_gauge::record::baseline::Baseline;
use wasm_gauge::record::measurements::Measurements;
use wasm_gauge::record::native::Builds;

/// All schemas, each with its name, which is the subcommand where there is one.
pub fn schemas() -> Vec<(&'static str, Schema)> {
    vec![
        schema::<BaselineVerdict>("baseline-check", "wasm-gauge baseline check --format json"),
        schema::<Baseline>("baseline-file", "baseline.json of wasm-gauge"),
        schema::<Bench>("bench", "wasm-gauge bench --format json"),
        schema::<Reply>("call", "A line of wasm-gauge call"),
        read::<Builds>(
            "builds-file",
            "How long builds take, which wasm-gauge baseline costs reads",
        ),
        read::<Call>(
            "calls-file",
            "A line of a file of calls, which wasm-gauge reads",
        ),
        schema::<Assessment>("compare", "wasm-gauge compare --format json"),
        schema::<Diff>("diff", "wasm-gauge diff --format json"),
        schema::<Externs>("exports", "wasm-gauge exports --format json"),
        schema::<BanVerdict>("bans", "wasm-gauge bans --format json"),
        schema::<Verdict>("gate", "wasm-gauge gate --format json"),
        schema::<Externs>("imports", "wasm-gauge imports --format json"),
        schema::<Kept>("kept", "wasm-gauge kept --format json"),
        schema::<Lint>("lint", "wasm-gauge lint --format json"),
        schema::<Measurements>("measure", "wasm-gauge measure --format json"),
        schema::<MemoryVerdict>("memory", "wasm-gauge memory --format json"),
        schema::<NativeVerdict>("native", "wasm-gauge native --format json"),
        schema::<Optimized>("opt", "wasm-gauge opt --format json"),
        schema::<Paths>("paths", "wasm-gauge paths --format json"),
        policy(),
        schema::<Profile>("profile", "wasm-gauge profile --format json"),
        schema::<Recipe>("recipe-file", "A recipe of wasm-gauge opt"),
        schema::<JudgedReport>("report", "wasm-gauge report --format json"),
        schema::<Sameness>("same", "wasm-gauge same --format json"),
        schema::<Sections>("sections", "wasm-gauge sections --format json"),
        schema::<Startup>("startup", "wasm-gauge startup --format json"),
        schema::<TargetFeatures>(
            "target-features",
            "wasm-gauge target-features --format json",
        ),
        schema::<Verification>("verify", "wasm-gauge verify --format json"),
    ]
}

/// The schema of gauge.toml.
pub fn policy() -> (&'static str, Schema) {
    read::<Policy>("policy-file", "gauge.toml, which wasm-gauge reads")
}

/// The schema of a `T` as it is written: with all of its fields and no others.
fn schema<T: JsonSchema>(name: &'static str, title: &str) -> (&'static str, Schema) {
    schema_of::<T>(name, title, SchemaSettings::draft2020_12().for_serialize())
}

/// The schema of a `T` as it is read: fields with a default may be absent.
fn read<T: JsonSchema>(name: &'static str, title: &str) -> (&'static str, Schema) {
    schema_of::<T>(name, title, SchemaSettings::draft2020_12())
}

fn schema_of<T: JsonSchema>(
    name: &'static str,
    title: &str,
    settings: SchemaSettings,
) -> (&'static str, Schema) {
    let mut schema = settings
        .with_transform(RecursiveTransform(closed))
        .into_generator()
        .into_root_schema_for::<T>();
    schema.insert("title".to_owned(), title.into());
    (name, schema)
}

/// Lets an object have no properties but those that its schema names.
fn closed(schema: &mut Schema) {
    if schema.get("properties").is_some() {
        schema.insert("additionalProperties".to_owned(), Value::Bool(false));
    }
}
