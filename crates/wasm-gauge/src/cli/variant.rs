//! Which variant of a policy a binary is.

use std::path::PathBuf;

use clap::Args;
use wasm_gauge::policy::Policy;
use wasm_gauge::{Error, Result};

/// A policy, and the row of it that is meant.
#[derive(Args)]
pub struct OfVariant {
    /// Policy file with the variants
    #[arg(long, value_name = "POLICY", requires = "variant")]
    policy: Option<PathBuf>,

    /// The variant that FILE is of
    #[arg(long, value_name = "VARIANT", requires = "policy")]
    variant: Option<String>,
}

impl OfVariant {
    /// Reads the policy, which has the variant; none where neither is given.
    pub fn load(self) -> Result<Option<(Policy, String)>> {
        let Some((path, variant)) = self.policy.zip(self.variant) else {
            return Ok(None);
        };
        let policy = Policy::load(&path)?;
        if policy.has_variant(&variant) {
            return Ok(Some((policy, variant)));
        }
        Err(Error::usage(format!(
            "there is no variant `{variant}`: {}",
            policy.known_variants()
        )))
    }
}
