//! What becomes of a report's comment, by payloads as GitHub sends them.

use std::fs;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::{inputs, wasm_gauge};

const HEAD: &str = "3a5f6c1b9f2d4e7a8b0c1d2e3f4a5b6c7d8e9f01";
const OLDER: &str = "0f1e2d3c4b5a69788796a5b4c3d2e1f001234567";

/// The event of a run of `head`, of a fork: GitHub lists none of its pull requests.
fn event(number: u64, attempt: u64, head: &str) -> Value {
    json!({
        "action": "completed",
        "workflow_run": {
            "id": 17_000_000_000_u64 + number, "name": "wasm-build", "run_number": number, "run_attempt": attempt,
            "event": "pull_request", "status": "completed", "conclusion": "success", "head_branch": "patch-1", "head_sha": head,
            "pull_requests": [], "head_repository": {"full_name": "stranger/clawft", "fork": true}
        },
        "repository": {"full_name": "owner/clawft", "fork": false},
        "sender": {"login": "stranger", "type": "User"}
    })
}

fn pull(number: u64, state: &str, head: &str) -> Value {
    json!({
        "number": number, "state": state, "title": "A change", "merged_at": null,
        "head": {"ref": "patch-1", "sha": head, "repo": {"full_name": "stranger/clawft"}},
        "base": {"ref": "main", "sha": "ffff", "repo": {"full_name": "owner/clawft"}}
    })
}

fn comment(id: u64, login: &str, kind: &str, body: &str) -> Value {
    json!({"id": id, "body": body, "user": {"login": login, "type": kind}, "created_at": "2026-11-01T00:00:00Z"})
}

/// A folder with a report of one variant, where the tool runs.
struct Folder(TempDir);

impl Folder {
    fn with_report() -> Self {
        let folder = Folder(inputs());
        folder.run(&[
            "report",
            "--policy",
            "gauge.toml",
            "--json",
            "report.json",
            "-o",
            "text",
            "plain=plain.report.json",
        ]);
        folder
    }

    fn write(&self, name: &str, value: &Value) {
        fs::write(self.0.path().join(name), value.to_string()).expect("the folder is ours");
    }

    /// What it prints with these arguments, with which it succeeds.
    fn run(&self, arguments: &[&str]) -> Vec<u8> {
        let output = wasm_gauge()
            .current_dir(&self.0)
            .args(arguments)
            .output()
            .expect("the tool starts");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(0), "{said}");
        output.stdout
    }
}

#[test]
fn the_comment_goes_where_it_belongs_and_nowhere_else() {
    let folder = Folder::with_report();
    let mark = |number: u64, attempt: u64| {
        format!("<!-- wasm-gauge report, run {number} {attempt} -->\nold")
    };
    let bot = |id, body: &str| comment(id, "github-actions[bot]", "Bot", body);
    let other_repository = {
        let mut other = pull(7, "open", HEAD);
        other["base"]["repo"]["full_name"] = json!("stranger/clawft");
        other
    };
    let gone = {
        let mut gone = pull(7, "open", HEAD);
        gone["head"]["repo"] = Value::Null;
        gone
    };
    let with = |key: &str, value: &str| {
        let mut event = event(5, 1, HEAD);
        event["workflow_run"][key] = json!(value);
        event
    };
    let skip = |reason: &str| json!({"action": "skip", "reason": reason});
    let none = format!("no pull request has the commit {HEAD}");
    let create = json!({"action": "create", "pull": 7});
    let update = json!({"action": "update", "pull": 7, "comment": 2});
    let cases = [
        (
            "a fork",
            event(5, 1, HEAD),
            vec![pull(7, "open", HEAD)],
            vec![],
            create.clone(),
        ),
        (
            "a fork that is gone",
            event(5, 1, HEAD),
            vec![gone],
            vec![],
            create.clone(),
        ),
        (
            "no pull request",
            event(5, 1, HEAD),
            vec![],
            vec![],
            skip(&none),
        ),
        (
            "one of another repository",
            event(5, 1, HEAD),
            vec![other_repository],
            vec![],
            skip(&none),
        ),
        (
            "closed",
            event(5, 1, HEAD),
            vec![pull(7, "closed", HEAD)],
            vec![],
            skip("the pull request is closed"),
        ),
        (
            "closed, and another open",
            event(5, 1, HEAD),
            vec![pull(6, "closed", HEAD), pull(7, "open", HEAD)],
            vec![],
            create.clone(),
        ),
        (
            "two open",
            event(5, 1, HEAD),
            vec![pull(6, "open", HEAD), pull(7, "open", HEAD)],
            vec![],
            skip(&format!("more than one pull request has the commit {HEAD}")),
        ),
        (
            "pushed since",
            event(5, 1, OLDER),
            vec![pull(7, "open", HEAD)],
            vec![],
            skip(&format!("the pull request has moved on from {OLDER}")),
        ),
        (
            "a push",
            with("event", "push"),
            vec![pull(7, "open", HEAD)],
            vec![],
            skip("the run is of the event push"),
        ),
        (
            "cancelled",
            with("conclusion", "cancelled"),
            vec![pull(7, "open", HEAD)],
            vec![],
            skip("the run ended with cancelled"),
        ),
        (
            "failed",
            with("conclusion", "failure"),
            vec![pull(7, "open", HEAD)],
            vec![],
            create.clone(),
        ),
        (
            "an earlier run wrote",
            event(5, 1, HEAD),
            vec![pull(7, "open", HEAD)],
            vec![bot(1, "hello"), bot(2, &mark(4, 9))],
            update.clone(),
        ),
        (
            "the same run wrote",
            event(5, 2, HEAD),
            vec![pull(7, "open", HEAD)],
            vec![bot(2, &mark(5, 1))],
            update.clone(),
        ),
        (
            "a later run wrote",
            event(5, 1, HEAD),
            vec![pull(7, "open", HEAD)],
            vec![bot(2, &mark(6, 1))],
            skip("run 6 has written already, and this is run 5"),
        ),
        (
            "a later attempt wrote",
            event(5, 1, HEAD),
            vec![pull(7, "open", HEAD)],
            vec![bot(2, &mark(5, 2))],
            skip("run 5 has written already, and this is run 5"),
        ),
        (
            "somebody else's mark",
            event(5, 1, HEAD),
            vec![pull(7, "open", HEAD)],
            vec![
                comment(2, "stranger", "User", &mark(999, 1)),
                comment(3, "github-actions[bot]", "User", &mark(999, 1)),
            ],
            create.clone(),
        ),
        (
            "a mark that is none",
            event(5, 1, HEAD),
            vec![pull(7, "open", HEAD)],
            vec![
                bot(2, "<!-- wasm-gauge report, run x -->"),
                bot(3, &format!("> {}", mark(9, 1))),
            ],
            create.clone(),
        ),
    ];
    for (case, event, pulls, comments, expected) in cases {
        folder.write("event.json", &event);
        folder.write("pulls.json", &json!(pulls));
        folder.write("comments.json", &json!(comments));
        let printed = folder.run(&[
            "comment",
            "--event",
            "event.json",
            "--pulls",
            "pulls.json",
            "--comments",
            "comments.json",
            "--report",
            "report.json",
        ]);
        let mut action: Value = serde_json::from_slice(&printed).expect("it is JSON");
        if let Some(body) = action
            .as_object_mut()
            .and_then(|action| action.remove("body"))
        {
            let body = body.as_str().expect("a text").to_owned();
            let number = event["workflow_run"]["run_number"].clone();
            assert!(
                body.starts_with(&format!("<!-- wasm-gauge report, run {number} ")),
                "{case}: {body}"
            );
            assert!(
                body.contains("\nHolds: 1 variant within 4 limits"),
                "{case}: {body}"
            );
        }
        assert_eq!(action, expected, "{case}");
        let printed = folder.run(&["comment", "--event", "event.json", "--pulls", "pulls.json"]);
        let found: Value = serde_json::from_slice(&printed).expect("it is JSON");
        let of_event = expected["reason"]
            .as_str()
            .is_some_and(|reason| reason.starts_with("run ") || reason.starts_with("the run "));
        if of_event || expected["action"] != "skip" {
            assert_eq!(found, json!({"pull": 7}), "{case}");
        } else {
            assert_eq!(found, expected, "{case}");
        }
    }
}

#[test]
fn a_comment_is_refreshed_when_the_difference_is_gone() {
    let folder = Folder::with_report();
    folder.write("event.json", &event(5, 1, HEAD));
    folder.write("pulls.json", &json!([pull(7, "open", HEAD)]));
    let old = "<!-- wasm-gauge report, run 4 1 -->\nFAILS: something.";
    folder.write(
        "comments.json",
        &json!([comment(2, "github-actions[bot]", "Bot", old)]),
    );
    let printed = folder.run(&[
        "comment",
        "--event",
        "event.json",
        "--pulls",
        "pulls.json",
        "--comments",
        "comments.json",
        "--report",
        "report.json",
        "--base",
        "report.json",
    ]);
    let action: Value = serde_json::from_slice(&printed).expect("it is JSON");
    assert_eq!(
        action,
        json!({"action": "update", "pull": 7, "comment": 2, "body": "<!-- wasm-gauge report, run 5 1 -->\n\
            No change: the variant is as in the base byte for byte; tools, policy and record are the same.\n"})
    );
}
