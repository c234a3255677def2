//! `from_json` reads what serde's derived code reads, and refuses the rest in the same words.

use std::fmt::Debug;

use clawft_types::{AgentConfig, Conversation, ProviderResponse, Record, from_json};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

/// What stands in the place of each value in turn.
const VALUES: &[&str] = &[
    "null",
    "true",
    "0",
    "-1",
    "1.5",
    "1e400",
    "4294967296",
    r#""""#,
    r#""system""#,
    r#""\ud800""#,
    "[]",
    "[null]",
    "[[],1]",
    "{}",
    r#"{"function":null}"#,
    r#"{"x":[1,{}]}"#,
];

fn texts() -> Vec<String> {
    let call =
        json!({ "id": "a", "type": "function", "function": { "name": "f", "arguments": "{}" } });
    let conversation = json!({ "messages": [
        { "id": "00000000-0000-4000-8000-000000000001", "role": "user", "content": "é\n", "timestamp": "2026-01-02T03:04:05.5+01:00" },
        { "id": "urn:uuid:00000000-0000-4000-8000-000000000002", "role": "assistant", "content": "",
          "timestamp": "2026-01-02t03:04:05z", "tool_calls": [call] },
        { "id": "00000000000040008000000000000003", "role": "tool", "content": "", "timestamp": "2026-01-02 03:04:05Z",
          "tool_call_id": "a" },
    ] });
    let reply =
        json!({ "role": "assistant", "content": null, "tool_calls": [call], "refusal": null });
    let response = json!({ "id": "r", "created": 1_767_323_045, "choices": [{ "index": 0, "message": reply }], "usage": { "a": [1] } });
    let config = json!({
        "model": "m", "system_prompt": "p", "system_prompt_file": null, "context_tokens": 9, "max_tokens": 8, "temperature": 0.5,
        "tools": [{ "type": "function", "function": { "name": "f", "description": "d", "parameters": { "a": { "b": [1.5] } } } }],
    });
    // what the derived code reads too: an array of the fields
    let listed = json!([[
        ["00000000-0000-4000-8000-000000000001", "user", "Hi", "2026-01-02T03:04:05Z", [["a", { "function": null }, ["f", "{}"]]], "a"],
        ["00000000-0000-4000-8000-000000000001", "user", "Hi", "2026-01-02T03:04:05Z"],
    ]]);
    let listed_config = json!(["m", null, null, 9, 8, 1, [["function", ["f", "d", {}]]]]);
    let listed_response = json!([
        "r",
        1,
        [[["assistant", null, [["a", "function", ["f", "{}"]]]]]]
    ]);
    let seeds = [
        conversation,
        response,
        config,
        listed,
        listed_config,
        listed_response,
    ];

    let mut texts = Vec::new();
    for seed in &seeds {
        let whole = seed.to_string();
        // every beginning, and every character left out or another
        for (at, character) in whole.char_indices() {
            let (before, after) = (&whole[..at], &whole[at + character.len_utf8()..]);
            texts.push(before.to_owned());
            for other in ["", "\"", "[", "}", ",", "0", " \n"] {
                texts.push(format!("{before}{other}{after}"));
            }
        }
        texts.extend(altered(seed));
        texts.push(format!("{whole} x"));
        texts.push(serde_json::to_string_pretty(seed).expect("JSON"));
        texts.push(whole);
    }
    texts
}

/// The value with something else in the place of each of its parts, with members left out, twice there or called
/// otherwise, and with elements left out or added. As text, since a `Value` has no member twice.
fn altered(value: &Value) -> Vec<String> {
    let mut all: Vec<String> = VALUES.iter().map(|&other| other.to_owned()).collect();
    let (open, parts, close): (_, Vec<(String, &Value)>, _) = match value {
        Value::Array(elements) => (
            "[",
            elements.iter().map(|part| (String::new(), part)).collect(),
            "]",
        ),
        Value::Object(members) => {
            let named = |(name, part): (&String, _)| (format!("{}:", json!(name)), part);
            ("{", members.iter().map(named).collect(), "}")
        }
        _ => return all,
    };
    let texts: Vec<String> = parts
        .iter()
        .map(|(name, part)| format!("{name}{part}"))
        .collect();
    let mut put = |texts: &[String]| all.push(format!("{open}{}{close}", texts.join(", ")));
    let mut turned = texts.clone();
    turned.reverse();
    put(&turned);
    for (index, (name, part)) in parts.iter().enumerate() {
        let (before, after) = (&texts[..index], &texts[index + 1..]);
        let this = &texts[index];
        put(&[before, after].concat());
        put(&[before, &[this.clone(), this.clone()], after].concat());
        put(&[before, &[this.replacen('"', "\"x", 1)], after].concat());
        for other in altered(part) {
            put(&[before, &[format!("{name}{other}")], after].concat());
        }
    }
    all
}

/// How many texts were read, and how many refused.
fn compare<T: Record + Default + DeserializeOwned + PartialEq + Debug>(
    texts: &[String],
) -> (usize, usize) {
    let mut counts = (0, 0);
    for text in texts {
        let ours = from_json::<T>(text).map_err(|error| error.to_string());
        let derived = serde_json::from_str::<T>(text).map_err(|error| error.to_string());
        assert_eq!(ours, derived, "{text}");
        match ours {
            Ok(_) => counts.0 += 1,
            Err(_) => counts.1 += 1,
        }
    }
    counts
}

#[test]
fn tables_read_what_derived_code_reads() {
    let texts = texts();
    for (read, refused) in [
        compare::<Conversation>(&texts),
        compare::<ProviderResponse>(&texts),
        compare::<AgentConfig>(&texts),
    ] {
        println!("{read} read, {refused} refused");
        assert!(read > 100 && refused > 1000);
    }
}
