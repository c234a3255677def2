//! A conversation.

use serde::{Deserialize, Serialize};

use crate::{Form, Message, Place, Record};

/// Messages in the order they were said, the oldest first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Conversation {
    /// The messages.
    pub messages: Vec<Message>,
}

impl Record for Conversation {
    fn form(&self) -> &'static Form {
        &Form {
            name: "Conversation",
            fields: &["messages"],
            required: 1,
            closed: true,
        }
    }

    fn place(&mut self, _field: usize) -> Place<'_> {
        Place::List(&mut self.messages)
    }
}
