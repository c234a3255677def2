use std::path::PathBuf;

use clap::Args;
use wasm_gauge::judge::{BenchVerdict, ComparisonVerdict, decide};
use wasm_gauge::measure::Comparison;
use wasm_gauge::policy::Policy;
use wasm_gauge::{Error, Result};

use super::output::Output;
use super::reports::Reports;

/// Compare all variants, and decide between them
///
/// One table from the reports of `wasm-gauge measure`, the smallest variant first: bytes before
/// wasm-opt, and of the binary that ships bytes, bytes of the crate that allocates, bytes compressed,
/// code, data, custom sections, functions and pages. With a policy each shows its difference to the
/// default variant. Reports of different tools are refused: their sizes say nothing about each other.
///
/// With --bench, one more: of each workload on each variant the fuel ratio, the time ratio where times
/// were taken, pages and waste.
///
/// With a policy that says what decides, scores of its variants and what they speak for:
///   [decision]
///   size = 30                          # weights in percent, 100 together
///   throughput = 20
///   fragmentation = 20
///   reclamation = 15
///   maturity = 15
///   stays-within = "10 %"              # the default stays when the best is not above it by more
///   notable-bytes = "1 KiB"            # smaller by at least this is said
///   throughput-workload = "mixed"
///   fragmentation-workload = "mixed"
///   reclamation-workload = "churn"
///   [variants.plain]
///   maturity = 90                      # 0 to 100, a judgement
///   maturity-facts = "..."             # what it rests on
///
/// Points of each criterion, to the nearest hundredth:
///   size            100 x smallest / own bytes that ship
///   throughput      100 x least / own median time ratio; where its interval contains 1, it counts as 1.
///                   Where not all variants have times: 100 x least / own fuel
///   fragmentation   100 x (1 + least waste) / (1 + own waste)
///   reclamation     100 x fewest / own pages
///   maturity        as stated
/// The score is their sum by weight. The highest is recommended, but never a variant that is one-shot.
/// Variants of another `target` than the default, or of another `std`, are no choice between allocators and not weighed.
/// Where something was not measured, no decision is made, and the result says what. Names with a target,
/// plain/wasm32-wasip1, are sizes only. Whatever is recommended, it fails nothing.
///
/// Examples:
///   $ wasm-gauge compare plain=plain.json small=small.json
///   $ wasm-gauge compare --policy gauge.toml --bench bench.json --format markdown plain=plain.json small=small.json
///
/// Exit status:
///   0  compared
///   2  wrong usage, or a policy that cannot be read or has no default variant among the names
///   3  a report or the result of `wasm-gauge bench` is not what it should be; a report is of other tools
///      than the others; variants do not reply alike
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub struct Opts {
    /// Policy file with the default variant, and with what decides
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,

    /// What workloads came to on the variants, as JSON of `wasm-gauge bench`
    #[arg(long, value_name = "FILE")]
    bench: Option<PathBuf>,

    #[command(flatten)]
    reports: Reports,

    #[command(flatten)]
    output: Output,
}

impl Opts {
    /// Reads the reports, shows them side by side, and decides.
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
        let allocator = |name: &str| policy.as_ref()?.allocator(name);
        let mut comparison = Comparison::of(variants, default, allocator);
        if let Some(path) = &self.bench {
            let verdict = BenchVerdict::read(path)?;
            let rows = verdict.workloads.iter().flat_map(|o| &o.variants);
            let mut names = rows.map(|row| &row.variant);
            if let Some(name) = names.find(|name| comparison.row(name).is_none()) {
                return Err(Error::Usage(format!(
                    "`{name}` of {} is not among the reports: give {name}=FILE",
                    path.display()
                )));
            }
            comparison.reference = Some(verdict.reference);
            comparison.workloads = verdict.workloads;
        }
        self.output.write(&ComparisonVerdict {
            decision: policy.and_then(|policy| decide(&comparison, &policy)),
            comparison,
        })?;
        Ok(true)
    }
}
