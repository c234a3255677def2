//! One message of a conversation.

use chrono::{DateTime, Utc};
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize};
use uuid::Uuid;

use crate::{Form, Place, Record};

/// Who speaks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Standing instructions to the model.
    System,
    /// The person or program that the agent serves.
    #[default]
    User,
    /// The model.
    Assistant,
    /// A tool, answering a call of the model.
    Tool,
}

/// One message of a conversation.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Message {
    /// Unique in its conversation.
    pub id: Uuid,
    /// Who speaks.
    pub role: Role,
    /// The text; may be empty only beside tool calls, and in a tool's result.
    pub content: String,
    /// When it was said; RFC 3339 in JSON.
    #[serde(deserialize_with = "rfc3339")]
    pub timestamp: DateTime<Utc>,
    /// What the assistant asks tools to do.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tool_calls: Vec<ToolCall>,
    /// The [`ToolCall::id`] that a tool's message answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tool_call_id: Option<String>,
}

impl Record for Message {
    fn form(&self) -> &'static Form {
        &Form {
            name: "Message",
            fields: &[
                "id",
                "role",
                "content",
                "timestamp",
                "tool_calls",
                "tool_call_id",
            ],
            required: 4,
            closed: true,
        }
    }

    fn place(&mut self, field: usize) -> Place<'_> {
        match field {
            0 => Place::Id(&mut self.id),
            1 => Place::Role(&mut self.role),
            2 => Place::Text(&mut self.content),
            3 => Place::Time(&mut self.timestamp),
            4 => Place::List(&mut self.tool_calls),
            _ => Place::OptionalText(&mut self.tool_call_id),
        }
    }
}

/// A time exactly as RFC 3339 has it; chrono's own deserializer takes looser forms too, at 14 KB of code.
pub(crate) fn rfc3339<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<DateTime<Utc>, D::Error> {
    let text = String::deserialize(deserializer)?;
    match DateTime::parse_from_rfc3339(&text) {
        Ok(time) => Ok(time.to_utc()),
        Err(error) => Err(D::Error::custom(format_args!(
            "timestamp {text:?}: {error}"
        ))),
    }
}

/// The assistant's request that a tool be run.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToolCall {
    /// Given by the provider, unique in its message.
    pub id: String,
    /// What kind of tool.
    #[serde(rename = "type")]
    pub kind: ToolKind,
    /// The function to call.
    pub function: FunctionCall,
}

impl Record for ToolCall {
    fn form(&self) -> &'static Form {
        &Form {
            name: "ToolCall",
            fields: &["id", "type", "function"],
            required: 3,
            closed: false,
        }
    }

    fn place(&mut self, field: usize) -> Place<'_> {
        match field {
            0 => Place::Text(&mut self.id),
            1 => Place::ToolKind(&mut self.kind),
            _ => Place::Record(&mut self.function),
        }
    }
}

/// The kinds of tools a provider knows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ToolKind {
    /// A function with JSON arguments.
    #[default]
    Function,
}

/// A function's name and the arguments to call it with.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FunctionCall {
    /// The function's name.
    pub name: String,
    /// JSON as the model wrote it, which need not be valid: whoever runs the tool judges it.
    pub arguments: String,
}

impl Record for FunctionCall {
    fn form(&self) -> &'static Form {
        &Form {
            name: "FunctionCall",
            fields: &["name", "arguments"],
            required: 2,
            closed: false,
        }
    }

    fn place(&mut self, field: usize) -> Place<'_> {
        match field {
            0 => Place::Text(&mut self.name),
            _ => Place::Text(&mut self.arguments),
        }
    }
}
