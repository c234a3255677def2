//! What goes to and comes from a provider: the chat-completions format that most of them speak.

use serde::{Deserialize, Serialize};

use crate::{Form, Place, Record, Role, ToolCall, ToolDefinition};

/// What the host is to send to the provider.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ProviderRequest<'a> {
    /// The provider's name of the model.
    pub model: &'a str,
    /// The conversation as far as the context window holds it.
    pub messages: &'a [RequestMessage<'a>],
    /// The longest reply wanted, in tokens.
    pub max_tokens: u32,
    /// Sampling temperature, 0 to 2.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub temperature: Option<f64>,
    /// The tools that the model may call.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub tools: &'a [ToolDefinition],
}

/// A message as a provider takes it: without our id and time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct RequestMessage<'a> {
    /// Who speaks.
    pub role: Role,
    /// The text.
    pub content: &'a str,
    /// What the assistant asked tools to do.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub tool_calls: &'a [ToolCall],
    /// The call that a tool's message answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tool_call_id: Option<&'a str>,
}

/// What a provider answers. Fields that we do not use are ignored: providers add to them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub struct ProviderResponse {
    /// The provider's name of this response.
    pub id: String,
    /// When it was made, in seconds since 1970-01-01T00:00:00Z.
    pub created: i64,
    /// The alternatives; a request of ours asks for one.
    pub choices: Vec<Choice>,
}

impl Record for ProviderResponse {
    fn form(&self) -> &'static Form {
        &Form {
            name: "ProviderResponse",
            fields: &["id", "created", "choices"],
            required: 3,
            closed: false,
        }
    }

    fn place(&mut self, field: usize) -> Place<'_> {
        match field {
            0 => Place::Text(&mut self.id),
            1 => Place::Seconds(&mut self.created),
            _ => Place::List(&mut self.choices),
        }
    }
}

/// One alternative.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub struct Choice {
    /// What the model said.
    pub message: ReplyMessage,
}

impl Record for Choice {
    fn form(&self) -> &'static Form {
        &Form {
            name: "Choice",
            fields: &["message"],
            required: 1,
            closed: false,
        }
    }

    fn place(&mut self, _field: usize) -> Place<'_> {
        Place::Record(&mut self.message)
    }
}

/// What the model said.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub struct ReplyMessage {
    /// The assistant, in a valid response.
    pub role: Role,
    /// The text; absent or null beside tool calls.
    #[serde(default)]
    pub content: Option<String>,
    /// What it asks tools to do.
    #[serde(default)]
    pub tool_calls: Option<Vec<ToolCall>>,
}

impl Record for ReplyMessage {
    fn form(&self) -> &'static Form {
        &Form {
            name: "ReplyMessage",
            fields: &["role", "content", "tool_calls"],
            required: 1,
            closed: false,
        }
    }

    fn place(&mut self, field: usize) -> Place<'_> {
        match field {
            0 => Place::Role(&mut self.role),
            1 => Place::OptionalText(&mut self.content),
            _ => Place::OptionalCalls(&mut self.tool_calls),
        }
    }
}
