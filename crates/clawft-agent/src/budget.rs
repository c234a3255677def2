//! Fitting a conversation into the context window.

use clawft_types::{AgentError, RequestMessage, Role};

/// Bytes of UTF-8 that one token stands for: the common rule of thumb for English text (four characters). Text in other
/// scripts takes more bytes per character and, about as much, more tokens.
const BYTES_PER_TOKEN: u64 = 4;

/// Tokens that a provider spends on a message beside its text: the role and the marks around it.
const TOKENS_PER_MESSAGE: u64 = 4;

/// Tokens that a text of so many bytes takes, rounded up.
pub(crate) fn tokens_of_bytes(bytes: usize) -> u64 {
    (bytes as u64).div_ceil(BYTES_PER_TOKEN)
}

/// Tokens that a message takes in the context window, estimated: 4, and one for each 4 bytes of its text, ids, function
/// names and arguments. An estimate, because the tokenizer belongs to the provider.
pub fn estimated_tokens(message: &RequestMessage<'_>) -> u64 {
    let calls: usize = message
        .tool_calls
        .iter()
        .map(|call| call.id.len() + call.function.name.len() + call.function.arguments.len())
        .sum();
    let answered = message.tool_call_id.map_or(0, str::len);
    TOKENS_PER_MESSAGE + tokens_of_bytes(message.content.len() + calls + answered)
}

/// Drops the oldest exchanges until the rest takes at most `room` tokens.
///
/// An exchange is one message, or an assistant's tool calls with all their results: those are dropped together, so that
/// no result loses its call. System messages stay, and so does the latest exchange, which is what wants an answer. The
/// order is kept, and no more is dropped than must be. `messages` has to be valid (see [`validate`](fn@crate::validate)).
///
/// # Errors
/// [`AgentError::OverBudget`] when what must stay takes more than `room`.
pub fn fit<'a>(
    mut messages: Vec<RequestMessage<'a>>,
    room: u64,
) -> Result<Vec<RequestMessage<'a>>, AgentError> {
    let mut needed: u64 = messages.iter().map(estimated_tokens).sum();
    // All before `kept` is dropped, system messages apart.
    let mut kept = 0;
    while needed > room {
        let is_system = |message: &&RequestMessage<'_>| message.role == Role::System;
        let start = kept + messages[kept..].iter().take_while(is_system).count();
        let is_result = |message: &&RequestMessage<'_>| message.role == Role::Tool;
        let end = start
            + 1
            + messages
                .iter()
                .skip(start + 1)
                .take_while(is_result)
                .count();
        if end >= messages.len() {
            return Err(AgentError::OverBudget { needed, room });
        }
        needed -= messages[start..end]
            .iter()
            .map(estimated_tokens)
            .sum::<u64>();
        kept = end;
    }
    let mut index = 0;
    messages.retain(|message| {
        index += 1;
        index > kept || message.role == Role::System
    });
    Ok(messages)
}
