//! Conversations made from a seed, to measure agents with: the same in every build and on every machine. With the feature
//! `program`, files of calls that are made of them, and what an agent answers to such files.

#[cfg(feature = "program")]
pub mod answer;
#[cfg(feature = "program")]
pub mod call;
mod dialogue;
mod random;
mod speakers;

pub use clawft_types::{Conversation, from_json};
pub use dialogue::Dialogue;
pub use random::SplitMix64;
pub use speakers::{Speakers, conversation};

/// The seed of every workload that is not told another.
pub const SEED: u64 = 1;

/// The configuration (JSON) that workloads run with: a system prompt, and the tools that [`Speakers`] call.
pub fn configuration() -> String {
    serde_json::json!({
        "model": "measured-1",
        "system_prompt": "You are a careful assistant. Use the tools before you guess.",
        "context_tokens": 200_000,
        "temperature": 0.5,
        "tools": speakers::TOOLS.map(|name| serde_json::json!({
            "type": "function",
            "function": {
                "name": name,
                "description": format!("Runs {name} and tells what came of it."),
                "parameters": {
                    "type": "object",
                    "properties": { "query": { "type": "string" }, "limit": { "type": "integer" } },
                    "required": ["query"],
                },
            },
        })),
    })
    .to_string()
}

/// A value of ours in JSON: strings, numbers and lists, which cannot fail.
fn to_json(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).expect("JSON without maps of odd keys")
}
