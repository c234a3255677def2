//! The life of one instance: the exports that work on an agent, whatever program offers them.

use crate::{Agent, AgentError, Platform};

/// At most one agent, made by `init` and asked by `process_message`.
#[derive(Debug, Default)]
pub struct Session {
    agent: Option<Agent>,
}

impl Session {
    /// A session that has no agent yet.
    pub const fn new() -> Self {
        Self { agent: None }
    }

    /// Sets the agent up, in place of the one before it.
    ///
    /// # Errors
    /// As [`Agent::new`]; the agent before, if any, then stays.
    pub fn init(&mut self, config: &str, platform: &dyn Platform) -> Result<(), AgentError> {
        self.agent = Some(Agent::new(config, platform)?);
        Ok(())
    }

    /// Hands one input to the agent.
    ///
    /// # Errors
    /// [`AgentError::NotInitialised`] before the first `init` that held; otherwise as [`Agent::process_message`].
    pub fn process_message(&self, input: &str) -> Result<String, AgentError> {
        self.agent
            .as_ref()
            .ok_or(AgentError::NotInitialised)?
            .process_message(input)
    }
}
