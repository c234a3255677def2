//! What becomes of the one comment that a report has in a pull request.
//!
//! The workflow that writes it runs for pull requests of forks too, with a right that theirs do not have. So it believes
//! GitHub's word on which pull request it is about, and nothing that a build could have written.

use serde::{Deserialize, Serialize};

/// The event `workflow_run`, as far as it matters.
#[derive(Debug, Deserialize)]
pub struct Event {
    /// The run that ended.
    pub workflow_run: WorkflowRun,
    /// Where the workflows are.
    pub repository: Repository,
}

/// A run of a workflow.
#[derive(Debug, Deserialize)]
pub struct WorkflowRun {
    /// The how manieth of its workflow: a later run has more.
    pub run_number: u64,
    /// The how manieth attempt of that run.
    pub run_attempt: u64,
    /// What started it.
    pub event: String,
    /// How it ended.
    pub conclusion: Option<String>,
    /// The commit that it ran on.
    pub head_sha: String,
}

/// A repository.
#[derive(Debug, Deserialize)]
pub struct Repository {
    /// Its owner and its name.
    pub full_name: String,
}

/// A pull request, as GitHub lists those of a commit or of a branch.
#[derive(Debug, Deserialize)]
pub struct Pull {
    /// Its number.
    pub number: u64,
    /// `open` or `closed`.
    pub state: String,
    /// What it proposes.
    pub head: PullSide,
    /// What it is for.
    pub base: PullSide,
}

/// One side of a pull request.
#[derive(Debug, Deserialize)]
pub struct PullSide {
    /// Its commit.
    pub sha: String,
    /// Its repository; none where that is gone.
    pub repo: Option<Repository>,
}

/// A comment that is there.
#[derive(Debug, Deserialize)]
pub struct Comment {
    /// Its number.
    pub id: u64,
    /// Its text.
    pub body: String,
    /// Who wrote it.
    pub user: User,
}

/// Somebody.
#[derive(Debug, Deserialize)]
pub struct User {
    /// The name.
    pub login: String,
    /// `Bot` or `User`.
    #[serde(rename = "type")]
    pub kind: String,
}

/// What to do.
#[derive(Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(tag = "action", rename_all = "kebab-case")]
pub enum CommentAction {
    /// Write a comment.
    Create {
        /// In which pull request.
        pull: u64,
        /// Its text.
        body: String,
    },
    /// Write a comment anew.
    Update {
        /// In which pull request.
        pull: u64,
        /// Which comment.
        comment: u64,
        /// Its text.
        body: String,
    },
    /// Nothing.
    Skip {
        /// Why, in words.
        #[serde(serialize_with = "text")]
        #[schemars(with = "String")]
        reason: Skipped,
    },
}

/// Why a report gets no comment.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum Skipped {
    /// Something else than a pull request started the run.
    #[error("the run is of the event {0}")]
    Event(String),
    /// The run neither succeeded nor failed.
    #[error("the run ended with {0}")]
    Conclusion(String),
    /// The run's commit is of no pull request here.
    #[error("no pull request has the commit {0}")]
    NoPull(String),
    /// It is of several.
    #[error("more than one pull request has the commit {0}")]
    Pulls(String),
    /// The pull request is closed.
    #[error("the pull request is closed")]
    Closed,
    /// The pull request has another commit now.
    #[error("the pull request has moved on from {0}")]
    Moved(String),
    /// A later run has written.
    #[error("run {other} has written already, and this is run {this}")]
    Later {
        /// The run of the event.
        this: u64,
        /// The one that has written.
        other: u64,
    },
}

fn text<S: serde::Serializer>(skipped: &Skipped, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(skipped)
}

/// Who writes the comment.
const WRITER: &str = "github-actions[bot]";

/// What the comment's first line begins with, before the run that wrote it.
const MARK: &str = "<!-- wasm-gauge report, run ";

/// Decides what becomes of the comment after the run of `event`. `pulls` are those that may be of its commit, `comments`
/// those of that pull request, and `text` is what the comment says of the run's report.
pub fn decide_comment(
    event: &Event,
    pulls: &[Pull],
    comments: &[Comment],
    text: &str,
) -> CommentAction {
    let run = &event.workflow_run;
    let skip = |reason| CommentAction::Skip { reason };
    if run.event != "pull_request" {
        return skip(Skipped::Event(run.event.clone()));
    }
    let conclusion = run.conclusion.as_deref().unwrap_or("none");
    if !["success", "failure"].contains(&conclusion) {
        return skip(Skipped::Conclusion(conclusion.to_owned()));
    }
    let pull = match pull_of(event, pulls) {
        Ok(pull) => pull,
        Err(reason) => return skip(reason),
    };
    let this = (run.run_number, run.run_attempt);
    let body = format!("{MARK}{} {} -->\n{text}", this.0, this.1);
    let written = comments.iter().find_map(|comment| {
        let ours = comment.user.login == WRITER && comment.user.kind == "Bot";
        let run = run_of(&comment.body)?;
        ours.then_some((comment.id, run))
    });
    match written {
        None => CommentAction::Create { pull, body },
        Some((_, other)) if other > this => skip(Skipped::Later {
            this: this.0,
            other: other.0,
        }),
        Some((comment, _)) => CommentAction::Update {
            pull,
            comment,
            body,
        },
    }
}

/// The open pull request of the run's commit, as GitHub tells it.
///
/// # Errors
/// Why there is none.
pub fn pull_of(event: &Event, pulls: &[Pull]) -> Result<u64, Skipped> {
    let sha = &event.workflow_run.head_sha;
    let here = |side: &PullSide| {
        let repository = side.repo.as_ref();
        repository.is_some_and(|repository| repository.full_name == event.repository.full_name)
    };
    let mut own = pulls.iter().filter(|pull| here(&pull.base)).peekable();
    if own.peek().is_none() {
        return Err(Skipped::NoPull(sha.clone()));
    }
    let (open, closed): (Vec<&Pull>, Vec<&Pull>) = own.partition(|pull| pull.state == "open");
    let mut now = open.iter().filter(|pull| pull.head.sha == *sha);
    match (now.next(), now.next()) {
        (Some(pull), None) => Ok(pull.number),
        (Some(_), Some(_)) => Err(Skipped::Pulls(sha.clone())),
        (None, _) if open.is_empty() && !closed.is_empty() => Err(Skipped::Closed),
        (None, _) => Err(Skipped::Moved(sha.clone())),
    }
}

/// The run that wrote a comment; none of one that is not of a report.
fn run_of(body: &str) -> Option<(u64, u64)> {
    let (mark, _) = body.strip_prefix(MARK)?.split_once(" -->")?;
    let (number, attempt) = mark.split_once(' ')?;
    Some((number.parse().ok()?, attempt.parse().ok()?))
}
