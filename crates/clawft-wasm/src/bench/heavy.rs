//! A large conversation, deserialized, serialized and dropped.

use clawft_workload::{Conversation, SEED, conversation, from_json};

use super::{Checksum, Work};

/// Messages of the conversation.
const MESSAGES: usize = 400;

pub(super) struct Heavy {
    text: String,
}

impl Work for Heavy {
    fn prepare() -> Self {
        let text = crate::report::to_json(&conversation(SEED, MESSAGES));
        Self { text }
    }

    fn repeat(&mut self, checksum: &mut Checksum) -> u64 {
        let conversation: Conversation = from_json(&self.text).expect("what serde_json wrote");
        checksum.bytes(crate::report::to_json(&conversation).as_bytes());
        1
    }
}
