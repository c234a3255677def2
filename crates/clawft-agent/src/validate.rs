//! The rules of a conversation.

use std::collections::BTreeMap;

use clawft_types::{AgentError, Conversation, Message, Role, Rule};

/// Checks what a provider would refuse, and what would make "oldest" or "answered" ambiguous.
///
/// # Errors
/// [`AgentError::Message`] for the first message that breaks a rule; [`AgentError::Input`] when nothing is there to be
/// answered.
pub fn validate(conversation: &Conversation) -> Result<(), AgentError> {
    let messages = &conversation.messages;
    let mut indices = BTreeMap::new();
    let mut unanswered: Vec<&str> = Vec::new();
    for (index, message) in messages.iter().enumerate() {
        let broken = |rule| AgentError::Message {
            index,
            id: message.id,
            rule,
        };
        if let Some(first) = indices.insert(message.id, index) {
            return Err(broken(Rule::DuplicateId(first)));
        }
        if index > 0 && message.timestamp < messages[index - 1].timestamp {
            return Err(broken(Rule::TimeRunsBackwards));
        }
        fields(message).map_err(broken)?;
        match &message.tool_call_id {
            Some(answered) => {
                let place = unanswered.iter().position(|id| id == answered);
                let place = place.ok_or_else(|| broken(Rule::UnknownToolCall(answered.clone())))?;
                unanswered.remove(place);
            }
            None => {
                if let Some(open) = unanswered.first() {
                    return Err(broken(Rule::UnansweredToolCall((*open).to_owned())));
                }
                for call in &message.tool_calls {
                    if unanswered.contains(&call.id.as_str()) {
                        return Err(broken(Rule::DuplicateToolCall(call.id.clone())));
                    }
                    unanswered.push(&call.id);
                }
            }
        }
    }
    match messages.last().map(|message| message.role) {
        None => Err(AgentError::Input("the conversation has no messages")),
        Some(Role::User) => Ok(()),
        Some(Role::Tool) if unanswered.is_empty() => Ok(()),
        Some(Role::Tool) => Err(AgentError::Input(
            "a tool call of the last exchange has no result",
        )),
        Some(Role::System | Role::Assistant) => Err(AgentError::Input(
            "the last message must be a user's or a tool's: there is nothing to answer",
        )),
    }
}

/// The rules that a message can break by itself.
fn fields(message: &Message) -> Result<(), Rule> {
    let calls = !message.tool_calls.is_empty();
    if calls && message.role != Role::Assistant {
        return Err(Rule::ToolCallsByOther);
    }
    match (message.role, &message.tool_call_id) {
        (Role::Tool, None) => return Err(Rule::MissingToolCallId),
        (Role::Tool, Some(_)) => return Ok(()),
        (_, Some(_)) => return Err(Rule::ToolCallIdByOther),
        (_, None) => {}
    }
    if message.content.is_empty() && !calls {
        return Err(Rule::EmptyContent);
    }
    Ok(())
}
