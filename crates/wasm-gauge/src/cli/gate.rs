use std::path::PathBuf;

use clap::Args;
use wasm_gauge::binary::Input;
use wasm_gauge::judge::{Heaviest, Measured, Verdict, judge};
use wasm_gauge::measure::Gzip;
use wasm_gauge::policy::{Budget, Policy};
use wasm_gauge::units::{Percent, Size};
use wasm_gauge::{Error, Result};

use super::output::Output;
use super::twin;

/// Hold a binary against its size budget
///
/// Limits come from a policy file, from options, or from both: an option overrides the policy.
/// They are inclusive and exact: 300 KiB are 307,200 bytes, and 307,201 fail. A size needs a unit:
/// B, KiB (1,024 B) or MiB (1,024 KiB).
///
/// Where a limit is broken, the 5 crates and the 10 functions that weigh most follow, if their names
/// are in OPTIMIZED_FILE or in its twin; only then is the twin read.
///
/// Examples:
///   # against a policy file
///   $ wasm-gauge gate --policy gauge.toml --unoptimized app.wasm app.opt.wasm
///
///   # against limits given here
///   $ wasm-gauge gate --max-size "300 KiB" --max-gzip "120 KiB" app.opt.wasm
///
///   # naming what weighs most when it is too large
///   $ wasm-gauge gate --max-size "300 KiB" --names app.opt.names.wasm app.opt.wasm
///
/// Exit status:
///   0  all limits hold
///   1  a limit is broken
///   2  wrong usage, no limit at all, or a policy that cannot be read
///   3  a file is not a valid core module or component, or TWIN has other code than OPTIMIZED_FILE
///   4  GNU gzip is missing or failed
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub struct Opts {
    /// Policy file with a [budget]
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,

    /// The binary before wasm-opt, for --max-unoptimized and --min-reduction
    #[arg(long, value_name = "FILE")]
    unoptimized: Option<PathBuf>,

    /// Limit of OPTIMIZED_FILE
    #[arg(long, value_name = "SIZE")]
    max_size: Option<Size>,

    /// Limit of OPTIMIZED_FILE through `gzip -9`
    #[arg(long, value_name = "SIZE")]
    max_gzip: Option<Size>,

    /// Limit of the binary before wasm-opt
    #[arg(long, value_name = "SIZE", requires = "unoptimized")]
    max_unoptimized: Option<Size>,

    /// What wasm-opt must have taken off, as in "5 %"
    #[arg(long, value_name = "PERCENT", requires = "unoptimized")]
    min_reduction: Option<Percent>,

    /// Take the names from TWIN, which has the same code as OPTIMIZED_FILE
    #[arg(long, value_name = "TWIN")]
    names: Option<PathBuf>,

    #[command(flatten)]
    output: Output,

    /// The binary that ships: a core module or a component
    #[arg(value_name = "OPTIMIZED_FILE")]
    optimized: PathBuf,
}

impl Opts {
    /// Measures, judges, and tells whether all limits hold.
    pub fn run(self) -> Result<bool> {
        let budget = self.budget()?;
        let optimized = Input::read(&self.optimized)?;
        let binary = optimized.parse()?;
        let before = self.unoptimized.as_deref().map(Input::read).transpose()?;
        let unoptimized = match &before {
            Some(before) => Some(
                twin::unoptimized(before, &optimized, &binary)?
                    .bytes()
                    .len() as u64,
            ),
            None => None,
        };
        let measured = Measured {
            unoptimized,
            optimized: binary.bytes().len() as u64,
            optimized_gzip: match budget.optimized_gzip {
                Some(_) => Some(Gzip::find()?.size(binary.bytes())?),
                None => None,
            },
        };
        let findings = judge(&measured, &budget)
            .map_err(|unmeasured| Error::usage(format!("{unmeasured}: give --unoptimized FILE")))?;
        let mut verdict = Verdict {
            file: optimized.label.clone(),
            findings,
            heaviest: None,
        };
        if !verdict.holds() {
            let profile = twin::profile(&optimized, &binary, self.names.as_deref())?;
            verdict.heaviest = Heaviest::of(&profile);
        }
        self.output.write(&verdict)?;
        Ok(verdict.holds())
    }

    /// The limits of the policy, overridden by those of the options.
    fn budget(&self) -> Result<Budget> {
        let policy = match &self.policy {
            Some(path) => Policy::load(path)?.budget,
            None => Budget::default(),
        };
        let budget = Budget {
            unoptimized: self.max_unoptimized.or(policy.unoptimized),
            optimized: self.max_size.or(policy.optimized),
            optimized_gzip: self.max_gzip.or(policy.optimized_gzip),
            min_reduction: self.min_reduction.or(policy.min_reduction),
        };
        if budget == Budget::default() {
            return Err(Error::usage(
                "there is no limit to hold: give --policy FILE with a [budget], or --max-size SIZE",
            ));
        }
        Ok(budget)
    }
}
