//! A conversation.

use serde::{Deserialize, Serialize};

use crate::Message;

/// Messages in the order they were said, the oldest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Conversation {
    /// The messages.
    pub messages: Vec<Message>,
}
