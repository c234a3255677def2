//! Who talks in a workload, and what they say.

use chrono::DateTime;
use clawft_types::{Conversation, FunctionCall, Message, Role, ToolCall, ToolKind};
use uuid::Builder;

use crate::SplitMix64;

/// The tools that the assistant calls.
pub(super) const TOOLS: [&str; 3] = ["search_notes", "read_file", "run_query"];

/// What texts are made of: words, and what JSON has to escape.
const WORDS: [&str; 48] = [
    "the",
    "a",
    "of",
    "and",
    "to",
    "in",
    "is",
    "it",
    "that",
    "for",
    "on",
    "with",
    "as",
    "was",
    "at",
    "by",
    "from",
    "this",
    "when",
    "which",
    "note",
    "file",
    "answer",
    "question",
    "meeting",
    "report",
    "deadline",
    "measurement",
    "conversation",
    "yesterday",
    "tomorrow",
    "allocator",
    "because",
    "however",
    "please",
    "summarise",
    "compare",
    "remember",
    "42",
    "3.14",
    "2026",
    "\"quoted\"",
    "C:\\notes",
    "naïve",
    "日本語",
    "→",
    "first line\nsecond",
    "☕",
];

/// The most that a tool of an ordinary conversation finds, in bytes.
const ORDINARY_RESULT: usize = 300;

/// 2026-01-02T03:00:00Z, when every conversation begins, in seconds since 1970.
const BEGINNING: i64 = 1_767_322_800;

/// A user, an assistant and its tools, who never run out of things to say.
#[derive(Debug, Clone)]
pub struct Speakers {
    random: SplitMix64,
    /// The most that a tool finds, in bytes.
    most_result: usize,
    /// Messages said.
    said: u32,
}

impl Speakers {
    /// The speakers of this seed, whose tools find texts of up to `most_result` bytes.
    pub const fn new(seed: u64, most_result: usize) -> Self {
        Self {
            random: SplitMix64::new(seed),
            most_result,
            said: 0,
        }
    }

    /// What the user says next and what comes of it. Mostly that is the assistant's answer, 2 messages; one time in four
    /// the assistant first calls a tool and gets a result, 4 messages.
    pub fn exchange(&mut self) -> Vec<Message> {
        if self.random.below(4) == 0 {
            self.exchange_with_tool().into()
        } else {
            self.plain_exchange().into()
        }
    }

    fn plain_exchange(&mut self) -> [Message; 2] {
        [self.says(Role::User, 200), self.says(Role::Assistant, 800)]
    }

    fn exchange_with_tool(&mut self) -> [Message; 4] {
        let question = self.says(Role::User, 200);
        let mut asks = self.message(Role::Assistant, String::new());
        let id = format!("call_{:016x}", self.random.bits());
        let query = serde_json::json!({ "query": self.text(60), "limit": self.random.below(50) });
        asks.tool_calls.push(ToolCall {
            id: id.clone(),
            kind: ToolKind::Function,
            function: FunctionCall {
                name: TOOLS[self.random.below(TOOLS.len())].to_owned(),
                arguments: query.to_string(),
            },
        });
        let found = serde_json::json!({ "found": self.text(self.most_result) });
        let mut result = self.message(Role::Tool, found.to_string());
        result.tool_call_id = Some(id);
        [question, asks, result, self.says(Role::Assistant, 800)]
    }

    fn says(&mut self, role: Role, most_bytes: usize) -> Message {
        let text = self.text(most_bytes);
        self.message(role, text)
    }

    fn message(&mut self, role: Role, content: String) -> Message {
        let id = (u128::from(self.random.bits()) << 64) | u128::from(self.random.bits());
        self.said += 1;
        let seconds = BEGINNING + i64::from(self.said) * 7;
        Message {
            id: Builder::from_random_bytes(id.to_be_bytes()).into_uuid(),
            role,
            content,
            timestamp: DateTime::from_timestamp(seconds, 0).expect("within 2,000 years"),
            tool_calls: Vec::new(),
            tool_call_id: None,
        }
    }

    /// A text of at least a tenth of so many bytes, and at most one word more. Allocated at once, as a host hands texts
    /// over.
    fn text(&mut self, most_bytes: usize) -> String {
        let bytes = most_bytes / 10 + self.random.below(most_bytes - most_bytes / 10);
        let mut text = String::with_capacity(bytes + 24);
        while text.len() < bytes {
            text.push_str(WORDS[self.random.below(WORDS.len())]);
            text.push(' ');
        }
        text.truncate(text.trim_end().len());
        text
    }
}

/// A valid conversation that waits for an answer: a system message, exchanges, a user's message. It has the greatest even
/// number of messages that is at most `messages`, and at least 2.
pub fn conversation(seed: u64, messages: usize) -> Conversation {
    let mut speakers = Speakers::new(seed, ORDINARY_RESULT);
    let mut said = vec![speakers.says(Role::System, 400)];
    while said.len() + 2 < messages {
        if said.len() + 4 < messages {
            said.extend(speakers.exchange());
        } else {
            said.extend(speakers.plain_exchange());
        }
    }
    said.push(speakers.says(Role::User, 200));
    Conversation { messages: said }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conversations_are_valid_and_as_long_as_asked() {
        for seed in 0..100 {
            for (asked, made) in [(0, 2), (2, 2), (4, 4), (5, 4), (50, 50), (51, 50)] {
                let conversation = conversation(seed, asked);
                assert_eq!(conversation.messages.len(), made, "seed {seed}, {asked}");
                clawft_agent::validate(&conversation).expect("valid");
            }
        }
        let roles: Vec<_> = conversation(crate::SEED, 50).messages;
        assert!(roles.iter().any(|message| message.role == Role::Tool));
    }

    #[test]
    fn a_seed_is_one_conversation() {
        assert_eq!(conversation(7, 50), conversation(7, 50));
        assert_ne!(conversation(7, 50), conversation(8, 50));
    }
}
