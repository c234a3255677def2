//! The agent: one input in, one output out.

use chrono::{DateTime, Datelike};
use clawft_types::{
    AgentError, Conversation, Form, Message, Place, ProviderRequest, ProviderResponse, Record,
    RequestMessage, Role, from_json,
};
use uuid::Uuid;

use crate::settings::Settings;
use crate::{Platform, fit, to_json, validate};

/// The namespace of the ids that are derived from a provider's response ids.
const REPLY_NAMESPACE: Uuid = Uuid::from_u128(0x6f0d_5b1e_3c8a_4f7e_9b52_c1aa_f700_0001);

/// An agent with its configuration; it keeps no state between messages.
#[derive(Debug)]
pub struct Agent {
    settings: Settings,
}

/// Which of the three kinds of JSON input this is; the values are read later, each in its own form.
#[derive(Default)]
struct Shape {
    messages: bool,
    choices: bool,
    error: bool,
}

impl Record for Shape {
    fn form(&self) -> &'static Form {
        &Form {
            name: "Shape",
            fields: &["messages", "choices", "error"],
            required: 0,
            closed: false,
        }
    }

    fn place(&mut self, field: usize) -> Place<'_> {
        match field {
            0 => Place::Presence(&mut self.messages),
            1 => Place::Presence(&mut self.choices),
            _ => Place::Presence(&mut self.error),
        }
    }
}

/// A provider's error.
#[derive(Default)]
struct ProviderFailure {
    error: ProviderFailureBody,
}

impl Record for ProviderFailure {
    fn form(&self) -> &'static Form {
        &Form {
            name: "ProviderFailure",
            fields: &["error"],
            required: 1,
            closed: false,
        }
    }

    fn place(&mut self, _field: usize) -> Place<'_> {
        Place::Record(&mut self.error)
    }
}

#[derive(Default)]
struct ProviderFailureBody {
    message: String,
}

impl Record for ProviderFailureBody {
    fn form(&self) -> &'static Form {
        &Form {
            name: "ProviderFailureBody",
            fields: &["message"],
            required: 1,
            closed: false,
        }
    }

    fn place(&mut self, _field: usize) -> Place<'_> {
        Place::Text(&mut self.message)
    }
}

impl Agent {
    /// Makes an agent from a [`clawft_types::AgentConfig`] in JSON. The platform names the model when the configuration
    /// does not (`CLAWFT_MODEL`), and reads the configuration's `system_prompt_file`.
    ///
    /// # Errors
    /// [`AgentError::ConfigurationForm`] or [`AgentError::Configuration`], saying what to change.
    pub fn new(config: &str, platform: &dyn Platform) -> Result<Self, AgentError> {
        let config = from_json(config).map_err(AgentError::ConfigurationForm)?;
        let settings = Settings::new(config, platform)?;
        Ok(Self { settings })
    }

    /// Answers one input, told apart by how it begins:
    ///
    /// - plain text (anything whose first character after white space is not `{`) is a user's message by itself; a
    ///   provider request (JSON) comes back;
    /// - a [`Conversation`] (JSON) is validated and fitted into the context window; a provider request comes back;
    /// - a [`ProviderResponse`] (JSON) gives the [`Message`] (JSON) to append to the conversation: its id is derived
    ///   (UUID version 5) from the response's id, its time is the response's.
    ///
    /// # Errors
    /// The [`AgentError`] that names what is wrong with the input; a provider's error is [`AgentError::Provider`].
    pub fn process_message(&self, input: &str) -> Result<String, AgentError> {
        if !input.trim_start().starts_with('{') {
            return self.request_for_text(input);
        }
        let shape: Shape = from_json(input).map_err(AgentError::InputForm)?;
        match (shape.messages, shape.choices, shape.error) {
            (true, false, false) => self.request_for_conversation(input),
            (false, true, false) => reply(input),
            (false, false, true) => Err(failure(input)),
            _ => Err(AgentError::Input(
                "expected exactly one of messages (a conversation), choices (a provider's response) and error",
            )),
        }
    }

    fn request_for_text(&self, text: &str) -> Result<String, AgentError> {
        if text.trim().is_empty() {
            return Err(AgentError::Input("the message is empty"));
        }
        self.request(vec![plain(Role::User, text)])
    }

    fn request_for_conversation(&self, input: &str) -> Result<String, AgentError> {
        let conversation: Conversation = from_json(input).map_err(AgentError::InputForm)?;
        validate(&conversation)?;
        self.request(conversation.messages.iter().map(outgoing).collect())
    }

    /// The request for these messages, with the configured system prompt unless they bring their own.
    fn request<'a>(&'a self, mut messages: Vec<RequestMessage<'a>>) -> Result<String, AgentError> {
        let settings = &self.settings;
        if let Some(prompt) = &settings.system_prompt
            && messages.iter().all(|message| message.role != Role::System)
        {
            messages.insert(0, plain(Role::System, prompt));
        }
        let messages = fit(messages, settings.room)?;
        Ok(to_json(&ProviderRequest {
            model: &settings.model,
            messages: &messages,
            max_tokens: settings.max_tokens,
            temperature: settings.temperature,
            tools: &settings.tools,
        }))
    }
}

/// A message with nothing but text.
fn plain(role: Role, content: &str) -> RequestMessage<'_> {
    RequestMessage {
        role,
        content,
        tool_calls: &[],
        tool_call_id: None,
    }
}

/// A conversation's message as a provider takes it.
fn outgoing(message: &Message) -> RequestMessage<'_> {
    RequestMessage {
        role: message.role,
        content: &message.content,
        tool_calls: &message.tool_calls,
        tool_call_id: message.tool_call_id.as_deref(),
    }
}

/// The message that a provider's response adds to the conversation.
fn reply(input: &str) -> Result<String, AgentError> {
    let invalid = |what: &str| AgentError::Provider(what.to_owned());
    let mut response: ProviderResponse = from_json(input).map_err(AgentError::InputForm)?;
    if response.choices.len() != 1 {
        return Err(invalid("expected exactly one choice"));
    }
    let said = response.choices.remove(0).message;
    if said.role != Role::Assistant {
        return Err(invalid("the reply's role is not assistant"));
    }
    let message = Message {
        id: Uuid::new_v5(&REPLY_NAMESPACE, response.id.as_bytes()),
        role: Role::Assistant,
        content: said.content.unwrap_or_default(),
        timestamp: DateTime::from_timestamp(response.created, 0)
            .filter(|time| (0..=9999).contains(&time.year()))
            .ok_or_else(|| invalid("created is not within the years 0 to 9999"))?,
        tool_calls: said.tool_calls.unwrap_or_default(),
        tool_call_id: None,
    };
    if message.content.is_empty() && message.tool_calls.is_empty() {
        return Err(invalid("the reply has neither content nor tool calls"));
    }
    Ok(to_json(&message))
}

/// A provider's error as ours.
fn failure(input: &str) -> AgentError {
    match from_json::<ProviderFailure>(input) {
        Ok(failure) => AgentError::Provider(failure.error.message),
        Err(error) => AgentError::InputForm(error),
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;
    use serde::de::IgnoredAny;

    use super::*;

    /// As serde derives them.
    mod derived {
        use super::*;

        #[derive(Deserialize)]
        pub(super) struct Shape {
            pub(super) messages: Option<IgnoredAny>,
            pub(super) choices: Option<IgnoredAny>,
            pub(super) error: Option<IgnoredAny>,
        }

        #[derive(Deserialize)]
        pub(super) struct ProviderFailure {
            pub(super) error: ProviderFailureBody,
        }

        #[derive(Deserialize)]
        pub(super) struct ProviderFailureBody {
            pub(super) message: String,
        }
    }

    #[test]
    fn shapes_and_failures_are_read_as_derived_code_reads_them() {
        for text in [
            "{",
            "{}",
            "{]",
            r#"{"messages":[1,{}],"x":{"choices":1}}"#,
            r#"{"choices":0,"error":false,"messages":null}"#,
            r#"{"error":1,"error":1}"#,
            r#"{"error":null,"error":1}"#,
            r#"{"messages":[1,]}"#,
            r#"{"messages"}"#,
            r#"{"error":{"message":"a","code":null},"error_code":1} "#,
            r#"{"error":{"message":"a","message":"b"}}"#,
            r#"{"error":{"message":5}}"#,
            r#"{"error":{"code":5}}"#,
            r#"{"error":["a"]}"#,
            r#"{"error":["a",1]}"#,
            r#"{"error":[]}"#,
            r#"{"error":"down"}"#,
            r#"{"error":{"message":"a"}} x"#,
        ] {
            let shape =
                from_json::<Shape>(text).map(|shape| [shape.messages, shape.choices, shape.error]);
            let derived = serde_json::from_str::<derived::Shape>(text).map(|shape| {
                [shape.messages, shape.choices, shape.error].map(|value| value.is_some())
            });
            let words = |error: serde_json::Error| error.to_string();
            assert_eq!(shape.map_err(words), derived.map_err(words), "{text}");

            let failure = from_json::<ProviderFailure>(text).map(|failure| failure.error.message);
            let derived = serde_json::from_str::<derived::ProviderFailure>(text)
                .map(|failure| failure.error.message);
            assert_eq!(failure.map_err(words), derived.map_err(words), "{text}");
        }
    }
}
