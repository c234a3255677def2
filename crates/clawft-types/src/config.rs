//! The agent's configuration.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{Form, Place, Record, ToolKind};

/// How the agent is set up.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AgentConfig {
    /// The provider's name of the model. Absent: the environment names it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// Standing instructions, for a conversation that brings none of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub system_prompt: Option<String>,
    /// A text file to take the system prompt from; not together with `system_prompt`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub system_prompt_file: Option<String>,
    /// The model's context window: request and reply together, in estimated tokens.
    #[serde(default = "AgentConfig::default_context_tokens")]
    pub context_tokens: u32,
    /// What of the window is kept free for the reply, in tokens.
    #[serde(default = "AgentConfig::default_max_tokens")]
    pub max_tokens: u32,
    /// Sampling temperature, 0 to 2. Absent: the provider's default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub temperature: Option<f64>,
    /// The tools that the model may call.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tools: Vec<ToolDefinition>,
}

impl AgentConfig {
    /// Small enough for every model in use.
    fn default_context_tokens() -> u32 {
        8192
    }

    /// An eighth of the default window.
    fn default_max_tokens() -> u32 {
        1024
    }
}

impl Default for AgentConfig {
    fn default() -> Self {
        Self {
            model: None,
            system_prompt: None,
            system_prompt_file: None,
            context_tokens: Self::default_context_tokens(),
            max_tokens: Self::default_max_tokens(),
            temperature: None,
            tools: Vec::new(),
        }
    }
}

impl Record for AgentConfig {
    fn form(&self) -> &'static Form {
        &Form {
            name: "AgentConfig",
            fields: &[
                "model",
                "system_prompt",
                "system_prompt_file",
                "context_tokens",
                "max_tokens",
                "temperature",
                "tools",
            ],
            required: 0,
            closed: true,
        }
    }

    fn place(&mut self, field: usize) -> Place<'_> {
        match field {
            0 => Place::OptionalText(&mut self.model),
            1 => Place::OptionalText(&mut self.system_prompt),
            2 => Place::OptionalText(&mut self.system_prompt_file),
            3 => Place::Count(&mut self.context_tokens),
            4 => Place::Count(&mut self.max_tokens),
            5 => Place::OptionalNumber(&mut self.temperature),
            _ => Place::List(&mut self.tools),
        }
    }
}

/// A tool that the model may call.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ToolDefinition {
    /// What kind of tool.
    #[serde(rename = "type")]
    pub kind: ToolKind,
    /// The function.
    pub function: FunctionDefinition,
}

impl Record for ToolDefinition {
    fn form(&self) -> &'static Form {
        &Form {
            name: "ToolDefinition",
            fields: &["type", "function"],
            required: 2,
            closed: true,
        }
    }

    fn place(&mut self, field: usize) -> Place<'_> {
        match field {
            0 => Place::ToolKind(&mut self.kind),
            _ => Place::Record(&mut self.function),
        }
    }
}

/// A function as the model is told of it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FunctionDefinition {
    /// Unique among the configured tools.
    pub name: String,
    /// What it does and when to use it.
    pub description: String,
    /// A JSON schema of the arguments.
    pub parameters: Map<String, Value>,
}

impl Record for FunctionDefinition {
    fn form(&self) -> &'static Form {
        &Form {
            name: "FunctionDefinition",
            fields: &["name", "description", "parameters"],
            required: 3,
            closed: true,
        }
    }

    fn place(&mut self, field: usize) -> Place<'_> {
        match field {
            0 => Place::Text(&mut self.name),
            1 => Place::Text(&mut self.description),
            _ => Place::Object(&mut self.parameters),
        }
    }
}

/// Where a program of this operating system finds its configuration: `clawft/config.json` in the user's configuration
/// directory, when there is such a directory.
#[cfg(feature = "native")]
pub fn default_path() -> Option<std::path::PathBuf> {
    dirs::config_dir().map(|directory| directory.join("clawft").join("config.json"))
}
