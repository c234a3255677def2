//! A configuration, completed from the platform and found to hold.

use clawft_types::{AgentConfig, ConfigError, ToolDefinition};

use crate::Platform;
use crate::budget::tokens_of_bytes;

/// The environment variable that names the model when the configuration does not.
const MODEL_VARIABLE: &str = "CLAWFT_MODEL";

/// What an agent works by.
#[derive(Debug)]
pub(crate) struct Settings {
    /// The provider's name of the model.
    pub(crate) model: String,
    /// Standing instructions, for a conversation that brings none of its own.
    pub(crate) system_prompt: Option<String>,
    /// The longest reply, in tokens.
    pub(crate) max_tokens: u32,
    /// Sampling temperature.
    pub(crate) temperature: Option<f64>,
    /// The tools that the model may call.
    pub(crate) tools: Vec<ToolDefinition>,
    /// Tokens that the context window has for messages, once reply and tools have theirs.
    pub(crate) room: u64,
}

impl Settings {
    /// Reads a configuration's file, takes the model from the environment if it must, and judges the whole.
    pub(crate) fn new(config: AgentConfig, platform: &dyn Platform) -> Result<Self, ConfigError> {
        let model = config
            .model
            .or_else(|| platform.variable(MODEL_VARIABLE))
            .filter(|model| !model.is_empty())
            .ok_or(ConfigError::NoModel(MODEL_VARIABLE))?;
        let system_prompt = match (config.system_prompt, config.system_prompt_file) {
            (Some(_), Some(_)) => return Err(ConfigError::TwoSystemPrompts),
            (None, Some(path)) => match platform.read(&path) {
                None => return Err(ConfigError::UnreadableSystemPrompt(path)),
                text => text,
            },
            (prompt, None) => prompt,
        };
        if system_prompt.as_ref().is_some_and(String::is_empty) {
            return Err(ConfigError::EmptySystemPrompt);
        }
        let known = 0.0..=2.0;
        if config
            .temperature
            .is_some_and(|asked| !known.contains(&asked))
        {
            return Err(ConfigError::Temperature);
        }
        if config.max_tokens == 0 {
            return Err(ConfigError::NoReply);
        }
        let reserved = u64::from(config.max_tokens) + tokens_of_tools(&config.tools)?;
        let room = u64::from(config.context_tokens).saturating_sub(reserved);
        if room == 0 {
            return Err(ConfigError::NoRoom {
                context_tokens: config.context_tokens,
                reserved,
            });
        }
        Ok(Self {
            model,
            system_prompt,
            max_tokens: config.max_tokens,
            temperature: config.temperature,
            tools: config.tools,
            room,
        })
    }
}

/// Tokens that the tools take in each request, once their names are found to differ.
fn tokens_of_tools(tools: &[ToolDefinition]) -> Result<u64, ConfigError> {
    for (index, tool) in tools.iter().enumerate() {
        let name = &tool.function.name;
        if tools[..index]
            .iter()
            .any(|other| other.function.name == *name)
        {
            return Err(ConfigError::DuplicateTool(name.clone()));
        }
    }
    Ok(tools
        .iter()
        .map(|tool| tokens_of_bytes(crate::to_json(tool).len()))
        .sum())
}
