use std::path::PathBuf;

use clap::Args;
use wasm_gauge::Result;
use wasm_gauge::policy::Policy;

use super::sink::{self, To};

/// Check a policy file
///
/// The policy, gauge.toml, says what is built and what has to hold for it. It is checked here whole: keys, units, variants,
/// features that its package has, weights that add up.
///
/// Examples:
///   $ wasm-gauge policy crates/app/gauge.toml
///
/// Exit status:
///   0  it is right
///   2  it is not, or cannot be read
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub struct Opts {
    /// The policy file; the Cargo.toml of its package lies beside it
    #[arg(value_name = "POLICY")]
    policy: PathBuf,
}

impl Opts {
    /// Reads the policy and says what it is about.
    pub fn run(self) -> Result<bool> {
        let policy = Policy::load(&self.policy)?;
        let count = policy.variants.len().max(1);
        let text = format!(
            "{}: right, {count} variant{}\n",
            self.policy.display(),
            if count == 1 { "" } else { "s" }
        );
        sink::write(&[(To::Stdout, text.as_bytes())])?;
        Ok(true)
    }
}
