//! A conversation that goes on and on.

use clawft_types::{AgentError, Conversation, Message, Role};
use serde::Serialize;

use crate::{Speakers, to_json};

/// A long-lived session as its host sees it: the latest messages stay, older exchanges are forgotten, and every message
/// of the assistant comes by way of an agent.
#[derive(Debug)]
pub struct Dialogue {
    speakers: Speakers,
    window: Conversation,
    most_messages: usize,
}

/// A provider's response that holds a message.
#[derive(Serialize)]
struct Response<'a> {
    id: String,
    object: &'static str,
    created: i64,
    choices: [Choice<'a>; 1],
}

#[derive(Serialize)]
struct Choice<'a> {
    index: u32,
    message: Said<'a>,
    finish_reason: &'static str,
}

#[derive(Serialize)]
struct Said<'a> {
    role: Role,
    content: &'a str,
    tool_calls: &'a [clawft_types::ToolCall],
}

impl Dialogue {
    /// A dialogue of these speakers, of which the latest `most_messages` (at least 4, one exchange) are kept.
    pub const fn new(speakers: Speakers, most_messages: usize) -> Self {
        Self {
            speakers,
            window: Conversation {
                messages: Vec::new(),
            },
            most_messages,
        }
    }

    /// One exchange: each time that the assistant has to speak, `agent` gets the conversation (JSON) as far as the window
    /// holds it, then the provider's response (JSON), whose message joins the conversation. Returns how many messages
    /// were said, 2 or 4.
    ///
    /// # Errors
    /// Those of `agent`, which is to be [`Session::process_message`](clawft_agent::Session::process_message) with the workloads'
    /// [`configuration`](super::configuration).
    pub fn exchange(
        &mut self,
        agent: &mut impl FnMut(&str) -> Result<String, AgentError>,
    ) -> Result<usize, AgentError> {
        let exchange = self.speakers.exchange();
        let count = exchange.len();
        for message in exchange {
            let message = if message.role == Role::Assistant {
                agent(&to_json(&self.window))?;
                let reply = agent(&response(&message))?;
                clawft_types::from_json(&reply).map_err(AgentError::InputForm)?
            } else {
                message
            };
            self.window.messages.push(message);
            self.forget();
        }
        Ok(count)
    }

    /// Drops the oldest messages that the window has no room for, and the results of calls that went with them.
    fn forget(&mut self) {
        let messages = &mut self.window.messages;
        let mut gone = messages.len().saturating_sub(self.most_messages);
        if gone > 0 {
            gone += messages[gone..]
                .iter()
                .take_while(|message| message.role == Role::Tool)
                .count();
            messages.drain(..gone);
        }
    }
}

/// The provider's response (JSON) with this message in it.
fn response(message: &Message) -> String {
    to_json(&Response {
        id: format!("chatcmpl-{}", message.id.simple()),
        object: "chat.completion",
        created: message.timestamp.timestamp(),
        choices: [Choice {
            index: 0,
            message: Said {
                role: message.role,
                content: &message.content,
                tool_calls: &message.tool_calls,
            },
            finish_reason: if message.tool_calls.is_empty() {
                "stop"
            } else {
                "tool_calls"
            },
        }],
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{SEED, configuration};
    use clawft_agent::{Isolated, Session};

    #[test]
    fn a_session_answers_it_and_the_window_slides() {
        let mut session = Session::new();
        session
            .init(&configuration(), &Isolated)
            .expect("a configuration");
        let mut dialogue = Dialogue::new(Speakers::new(SEED, 300), 20);
        let mut lengths = Vec::new();
        let mut said = 0;
        while said < 1000 {
            said += dialogue
                .exchange(&mut |input| session.process_message(input))
                .expect("an answer");
            lengths.push(dialogue.window.messages.len());
        }
        assert_eq!(lengths.iter().max(), Some(&20));
        assert!(
            lengths[20..].iter().all(|length| *length >= 18),
            "{lengths:?}"
        );
        assert!(
            dialogue
                .window
                .messages
                .iter()
                .any(|message| message.role == Role::Tool)
        );
    }
}
