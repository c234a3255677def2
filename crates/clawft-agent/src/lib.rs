//! clawft's agent, without input and output: conversation in, provider request out.
//!
//! Ids and times come from the input, nothing is random and no map has an order of its own: same input, same bytes.

mod agent;
mod budget;
mod platform;
mod session;
mod settings;
mod validate;

pub use agent::Agent;
pub use budget::{estimated_tokens, fit};
pub use clawft_types::AgentError;
pub use platform::{Isolated, Platform};
pub use session::Session;
pub use validate::validate;

/// A value of ours in JSON: strings, numbers and lists, which cannot fail.
fn to_json(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).expect("JSON without maps of odd keys")
}
