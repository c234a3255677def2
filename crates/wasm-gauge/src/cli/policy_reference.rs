//! The reference of gauge.toml, in Markdown, from its schema.

use std::fmt::Write;

use serde_json::{Map, Value};

use super::schemas;

const INTRODUCTION: &str = "# gauge.toml\n\n\
    <!-- Made by `wasm-gauge generate policy-reference docs`. -->\n\n\
    The one policy file: what is built, and what has to hold for it. It lies beside the `Cargo.toml` of its package. Each part \
    may be left out, and what it is about is then not built or not checked. `wasm-gauge policy FILE` checks it; a key that is \
    not known is an error. [A schema](schema/policy-file.json) is there for editors.\n";

/// The page.
pub fn policy_reference() -> String {
    let (_, schema) = schemas::policy();
    let schema = schema.as_value();
    let mut page = INTRODUCTION.to_owned();
    let properties = object(&schema["properties"]);
    let is_table = |value: &Value| table_of(schema, value).is_some();
    let keys = properties.iter().filter(|(_, value)| !is_table(value));
    page.push_str("\n## Top level\n\n");
    push_keys(&mut page, schema, keys);
    for (name, value) in properties {
        let Some((table, is_map)) = table_of(schema, value) else {
            continue;
        };
        let heading = if is_map {
            format!("{name}.NAME")
        } else {
            name.clone()
        };
        let _ = write!(page, "\n## `[{heading}]`\n\n{}\n\n", description(value));
        push_keys(&mut page, schema, object(&table["properties"]));
    }
    page
}

/// The table that `value` is, or of which it is a map by names; none where it is no table.
fn table_of<'a>(schema: &'a Value, value: &'a Value) -> Option<(&'a Value, bool)> {
    let resolved = resolve(schema, value);
    if resolved["properties"].is_object() {
        return Some((resolved, false));
    }
    let entry = resolve(schema, &resolved["additionalProperties"]);
    entry["properties"].is_object().then_some((entry, true))
}

/// What `value` refers to, where it does, be it one of several that are not null.
fn resolve<'a>(schema: &'a Value, value: &'a Value) -> &'a Value {
    let any = value["anyOf"].as_array().and_then(|any| any.first());
    let value = any.unwrap_or(value);
    match value["$ref"]
        .as_str()
        .and_then(|reference| reference.strip_prefix('#'))
    {
        Some(pointer) => schema.pointer(pointer).unwrap_or(value),
        None => value,
    }
}

fn push_keys<'a>(
    page: &mut String,
    schema: &Value,
    keys: impl IntoIterator<Item = (&'a String, &'a Value)>,
) {
    page.push_str("| key | value | meaning |\n|---|---|---|\n");
    for (name, value) in keys {
        let kind = kind(resolve(schema, value));
        let _ = writeln!(page, "| `{name}` | {kind} | {} |", description(value));
    }
}

/// What a value is, in a word or two.
fn kind(value: &Value) -> String {
    let words = |ty: &str| match ty {
        "array" => "strings".to_owned(),
        "integer" => "number".to_owned(),
        "boolean" => "true or false".to_owned(),
        other => other.to_owned(),
    };
    let one_of = value["oneOf"].as_array().into_iter().flatten();
    let choices: Vec<String> = one_of
        .filter_map(|choice| choice["const"].as_str())
        .map(|choice| format!("`{choice}`"))
        .collect();
    if !choices.is_empty() {
        return choices.join(" or ");
    }
    match (&value["type"], value["pattern"].as_str()) {
        (_, Some(pattern)) if pattern.contains('%') => "share".to_owned(),
        (_, Some(_)) => "size".to_owned(),
        (Value::Array(types), _) => types
            .first()
            .and_then(Value::as_str)
            .map_or_else(String::new, words),
        (ty, _) => ty.as_str().map_or_else(String::new, words),
    }
}

/// The first paragraph of what is said of `value`, in one line.
fn description(value: &Value) -> String {
    let text = value["description"].as_str().unwrap_or_default();
    let paragraph = text.split("\n\n").next().unwrap_or_default();
    paragraph
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        .replace('|', "\\|")
}

fn object(value: &Value) -> &Map<String, Value> {
    static NONE: std::sync::LazyLock<Map<String, Value>> = std::sync::LazyLock::new(Map::new);
    value.as_object().unwrap_or(&NONE)
}
