//! The data clawft's agent works on. Nothing here reads a clock, a file or a random number: every id and every time
//! comes from the data itself.

mod config;
mod conversation;
mod error;
mod message;
mod provider;
mod read;

#[cfg(feature = "native")]
pub use config::default_path;
pub use config::{AgentConfig, FunctionDefinition, ToolDefinition};
pub use conversation::Conversation;
pub use error::{AgentError, ConfigError, Rule};
pub use message::{FunctionCall, Message, Role, ToolCall, ToolKind};
pub use provider::{Choice, ProviderRequest, ProviderResponse, ReplyMessage, RequestMessage};
pub use read::{Form, List, Place, Record, from_json};
