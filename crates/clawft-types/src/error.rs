//! What can be wrong with what the agent is given.

use thiserror::Error;
use uuid::Uuid;

/// Why the agent refuses.
#[derive(Debug, Error)]
pub enum AgentError {
    /// A message came before a configuration.
    #[error("the agent has no configuration: call init first")]
    NotInitialised,
    /// The configuration is not JSON, or not of the right form.
    #[error("configuration: {0}")]
    ConfigurationForm(#[source] serde_json::Error),
    /// The configuration says something that cannot hold.
    #[error("configuration: {0}")]
    Configuration(#[from] ConfigError),
    /// The input starts like JSON and is neither a conversation nor a provider's response.
    #[error("input: {0}")]
    InputForm(#[source] serde_json::Error),
    /// The input has nothing in it to answer.
    #[error("input: {0}")]
    Input(&'static str),
    /// A message breaks a rule of conversations.
    #[error("message {index} ({id}): {rule}")]
    Message {
        /// Its place in the conversation, from 0.
        index: usize,
        /// Its id.
        id: Uuid,
        /// The rule.
        rule: Rule,
    },
    /// What may not be dropped is too long already.
    #[error(
        "the system message and the latest exchange need {needed} tokens, the context window has room for {room}: \
         raise context_tokens or shorten the message"
    )]
    OverBudget {
        /// Estimated tokens of what must stay.
        needed: u64,
        /// Estimated tokens that the window has room for.
        room: u64,
    },
    /// The provider answered with an error, or with something that is no reply.
    #[error("provider: {0}")]
    Provider(String),
}

/// What cannot hold in a configuration.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ConfigError {
    /// Neither the configuration nor the environment variable names a model.
    #[error("no model: set model, or {0} in the environment")]
    NoModel(&'static str),
    /// There can be one system prompt.
    #[error("both system_prompt and system_prompt_file: remove one")]
    TwoSystemPrompts,
    /// The platform gave no text for this path.
    #[error("system_prompt_file {0:?} is not there, not UTF-8 or not ours to read")]
    UnreadableSystemPrompt(String),
    /// An empty prompt would be an empty message.
    #[error("the system prompt is empty: leave it out")]
    EmptySystemPrompt,
    /// Providers know temperatures from 0 to 2.
    #[error("temperature is not within 0 to 2")]
    Temperature,
    /// A reply takes tokens.
    #[error("max_tokens is 0: a reply needs at least 1")]
    NoReply,
    /// Calls name their tool.
    #[error("two tools have the name {0:?}")]
    DuplicateTool(String),
    /// The window is full before the first message.
    #[error(
        "context_tokens {context_tokens} leaves nothing for messages: the reply (max_tokens) and the tools take {reserved}"
    )]
    NoRoom {
        /// The whole window, in tokens.
        context_tokens: u32,
        /// Tokens of reply and tools.
        reserved: u64,
    },
}

/// A rule of conversations that a message broke.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Rule {
    /// Two messages share an id.
    #[error("its id was used before, by message {0}")]
    DuplicateId(usize),
    /// The time runs backwards.
    #[error("its timestamp is earlier than that of the message before it")]
    TimeRunsBackwards,
    /// Nothing is said.
    #[error("its content is empty")]
    EmptyContent,
    /// Only the assistant calls tools.
    #[error("only an assistant's message may hold tool_calls")]
    ToolCallsByOther,
    /// Only a tool answers a call.
    #[error("only a tool's message may hold tool_call_id")]
    ToolCallIdByOther,
    /// A tool's message must tell what it answers.
    #[error("a tool's message needs tool_call_id")]
    MissingToolCallId,
    /// Two calls of a message share an id.
    #[error("two of its tool_calls have the id {0:?}")]
    DuplicateToolCall(String),
    /// A result without its call.
    #[error("no unanswered tool call before it has the id {0:?}")]
    UnknownToolCall(String),
    /// The conversation goes on though a call has no result.
    #[error("it comes before the result of tool call {0:?}")]
    UnansweredToolCall(String),
}
