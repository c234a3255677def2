use std::path::PathBuf;

use clap::Args;
use wasm_gauge::measure::Comparison;
use wasm_gauge::policy::Policy;
use wasm_gauge::{Error, Result};

use super::output::Output;
use super::reports::Reports;

/// Compare the sizes of all variants
///
/// One table from the reports of `wasm-gauge measure`, the smallest variant first: bytes before
/// wasm-opt, and of the binary that ships bytes, bytes compressed, code, data, custom sections,
/// functions and pages. With a policy each shows its difference to the default variant. Reports of
/// different tools are refused: their sizes say nothing about each other.
///
/// Examples:
///   $ wasm-gauge compare plain=plain.json small=small.json
///   $ wasm-gauge compare --policy gauge.toml --format markdown plain=plain.json small=small.json
///
/// Exit status:
///   0  compared
///   2  wrong usage, or a policy that cannot be read or has no default variant among the names
///   3  a report is not what it should be, or is of other tools than the others
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub struct Opts {
    /// Policy file with the default variant
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,

    #[command(flatten)]
    reports: Reports,

    #[command(flatten)]
    output: Output,
}

impl Opts {
    /// Reads the reports and shows them side by side.
    pub fn run(self) -> Result<bool> {
        let policy = self.policy.as_deref().map(Policy::load).transpose()?;
        let variants = self.reports.read()?;
        let default = match &policy {
            Some(policy) => match &policy.default_variant {
                Some(name) if variants.products.contains_key(name.get_ref()) => {
                    Some(name.get_ref().as_str())
                }
                Some(name) => {
                    let name = name.get_ref();
                    return Err(Error::Usage(format!(
                        "the default variant `{name}` is not among the reports: give {name}=FILE"
                    )));
                }
                None => {
                    return Err(Error::Usage(
                        "the policy has no default-variant to compare with".to_owned(),
                    ));
                }
            },
            None => None,
        };
        self.output.write(&Comparison::of(variants, default))?;
        Ok(true)
    }
}
