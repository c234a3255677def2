//! A report with its verdict.

use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::since::Since;
use super::{BaselineVerdict, Unmeasured, compare_with_baseline};
use crate::file;
use crate::measure::sha256;
use crate::policy::Policy;
use crate::record::baseline::Baseline;
use crate::record::measurements::Variants;
use crate::record::report::Report;

/// A report, what is judged of it, and what became of it since another one.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct JudgedReport {
    /// What was measured, and by what it is judged.
    #[serde(flatten)]
    pub report: Report,
    /// The budgets, and the recorded figures. It holds where these do and what checks said does.
    pub verdict: BaselineVerdict,
    /// What changed since the base, where there is one.
    pub since: Option<Since>,
    /// SHA-256 of everything else in here.
    pub seal: String,
}

impl JudgedReport {
    /// Judges `report`, which is of `measured`, and compares it with `base`.
    ///
    /// # Errors
    /// [`Unmeasured`] when a limit of the budget is about something that was not measured.
    pub fn new(
        report: Report,
        measured: &Variants,
        policy: &Policy,
        baseline: &Baseline,
        base: Option<&Report>,
    ) -> Result<Self, Unmeasured> {
        let mut verdict = compare_with_baseline(measured, None, baseline, policy, false)?;
        verdict.holds &= report.failed_checks().next().is_none();
        Ok(JudgedReport::sealed(report, verdict, base))
    }

    /// Reads the report at `path` with its verdict, and compares it with `base`, whatever it was compared with.
    ///
    /// # Errors
    /// Those of [`Report::read`], and [`Error::Input`](crate::Error::Input) where there is no verdict.
    pub fn read(path: &Path, base: Option<&Report>) -> crate::Result<Self> {
        #[derive(Deserialize)]
        struct Judged {
            verdict: BaselineVerdict,
        }
        let text = file::text(path)?;
        let report = Report::parse(path, &text)?;
        let Judged { verdict } =
            file::parse(path, &text, "a report with its verdict").map_err(crate::Error::Input)?;
        Ok(JudgedReport::sealed(report, verdict, base))
    }

    fn sealed(report: Report, verdict: BaselineVerdict, base: Option<&Report>) -> Self {
        let mut judged = JudgedReport {
            since: base.map(|base| Since::of(base, &report)),
            report,
            verdict,
            seal: String::new(),
        };
        let value = serde_json::to_value(&judged);
        judged.seal = seal(value.expect("plain data is always valid JSON"));
        judged
    }
}

/// The seal that `report` has to have: SHA-256 of its JSON without the seal, with sorted keys and no white space.
pub fn seal(mut report: Value) -> String {
    if let Some(object) = report.as_object_mut() {
        object.remove("seal");
    }
    sha256(report.to_string().as_bytes())
}
