use std::path::PathBuf;

use clap::Args;
use wasm_gauge::judge::{Event, JudgedReport, decide_comment, pull_of};
use wasm_gauge::record::report::Report;
use wasm_gauge::render::comment;
use wasm_gauge::{Result, file};

use super::sink::{self, To};

/// Tell what becomes of a report's comment in a pull request
///
/// For a workflow that runs after another one (`workflow_run`) and may write what that may not. Prints JSON: `action` is
/// `create`, `update` or `skip`, with `pull`, `comment` and `body`, or with the `reason`. Which pull request it is
/// follows from the run's commit and from GitHub's list, and from nothing that the run wrote; what the comment says is
/// rendered here, from JSON. A comment of a later run stays. A closed pull request gets none.
///
/// Without --report only the pull request's number is printed: `{"pull": 7}`, or `skip`.
///
/// Examples:
///   $ wasm-gauge comment --event event.json --pulls pulls.json
///   $ wasm-gauge comment --event event.json --pulls pulls.json --comments comments.json \
///       --report report.json --base base.json
///
/// Exit status:
///   0  decided
///   2  wrong usage
///   3  an input is not what it should be
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub struct Opts {
    /// The payload of the event `workflow_run`
    #[arg(long, value_name = "FILE")]
    event: PathBuf,

    /// GitHub's list of the pull requests of the run's commit, or of its branch
    #[arg(long, value_name = "FILE")]
    pulls: PathBuf,

    /// GitHub's list of the comments of that pull request
    #[arg(long, value_name = "FILE", requires = "report")]
    comments: Option<PathBuf>,

    /// The report of the run, as JSON of `wasm-gauge report`
    #[arg(long, value_name = "FILE", requires = "comments")]
    report: Option<PathBuf>,

    /// The report that it is compared with
    #[arg(long, value_name = "FILE", requires = "report")]
    base: Option<PathBuf>,
}

impl Opts {
    /// Decides, and prints what.
    pub fn run(self) -> Result<bool> {
        let event: Event = file::json(&self.event, "a workflow_run event of GitHub")?;
        let pulls: Vec<_> = file::json(&self.pulls, "a list of pull requests")?;
        let decision = match (&self.report, &self.comments) {
            (Some(report), Some(comments)) => {
                let base = self.base.as_deref().map(Report::read).transpose()?;
                let text = comment(&JudgedReport::read(report, base.as_ref())?);
                let comments: Vec<_> = file::json(comments, "a list of comments")?;
                let action = decide_comment(&event, &pulls, &comments, &text);
                serde_json::to_value(action).expect("plain data is always valid JSON")
            }
            _ => match pull_of(&event, &pulls) {
                Ok(pull) => serde_json::json!({ "pull": pull }),
                Err(reason) => {
                    serde_json::json!({ "action": "skip", "reason": reason.to_string() })
                }
            },
        };
        sink::write(&[(To::Stdout, format!("{decision}\n").as_bytes())])?;
        Ok(true)
    }
}
