//! The report over all variants, against planted changes and hostile inputs.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::support::{Function, inputs, json_of, program, text_of, wasm_gauge};

const POLICY: &str = "default-variant = \"plain\"\n[budget]\noptimized = \"8 KiB\"\n\
    [bans]\nsymbols = [\"spawn\", \"*socket*\"]\n[dependencies]\nallow = [\"demo\"]\n[baseline]\ntolerance = \"0 B\"\n\
    [variants.plain]\nsummary = \"\"\n[variants.small]\nsummary = \"\"\n";

const PLAIN: [Function; 4] = [
    ("_RNvCs1_4demo5parse", 600),
    ("_ZN4demo4text5write17h0123456789abcdefE", 300),
    ("_ZN4core3fmt9write_str17h0123456789abcdefE", 40),
    ("_ZN4core3fmt9write_int17h0123456789abcdefE", 40),
];

fn run(folder: &Path, arguments: &[&str]) -> (Option<i32>, String, String) {
    let output = wasm_gauge()
        .current_dir(folder)
        .args(arguments)
        .output()
        .expect("the tool starts");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (
        output.status.code(),
        text(&output.stdout),
        text(&output.stderr),
    )
}

/// Measures `functions` as the variant `name`, made by `tools`.
fn measure(folder: &Path, name: &str, functions: &[Function], data: &str, tools: &[&str]) {
    for (end, names) in [("wasm", false), ("names.wasm", true)] {
        fs::write(
            folder.join(format!("{name}.{end}")),
            program(functions, data, names),
        )
        .expect("the folder is ours");
    }
    let [json, binary, twin] = [
        format!("{name}.json"),
        format!("{name}.wasm"),
        format!("{name}.names.wasm"),
    ];
    let mut arguments = vec!["measure", "--details", "--json", &json, "-o", "text"];
    for tool in tools {
        arguments.extend(["--tool", *tool]);
    }
    arguments.extend([
        "--unoptimized",
        &binary,
        "--unoptimized-names",
        &twin,
        "--names",
        &twin,
        &binary,
    ]);
    let (code, _, said) = run(folder, &arguments);
    assert_eq!(code, Some(0), "{said}");
}

const TOOLS: [&str; 2] = ["rustc=1.93.1", "wasm-opt=131"];

/// Makes the report of the two variants, with `base` where there is one, and gives JSON and comment.
fn report(folder: &Path, base: Option<&str>) -> (Value, String) {
    let mut arguments = vec![
        "report",
        "--policy",
        "gauge.toml",
        "--json",
        "report.json",
        "--html",
        "report.html",
        "--markdown",
        "report.md",
        "-o",
        "text",
    ];
    arguments.extend(base.iter().flat_map(|base| ["--base", *base]));
    arguments.extend(["plain=plain.json", "small=small.json"]);
    let (code, _, said) = run(folder, &arguments);
    assert_eq!((code, said.as_str()), (Some(0), ""));
    (json_of(folder, "report.json"), text_of(folder, "report.md"))
}

/// A folder with a policy, two measured variants, their baseline, and the report of these as base.json.
fn base() -> tempfile::TempDir {
    let folder = inputs();
    let path = folder.path();
    fs::write(path.join("gauge.toml"), POLICY).expect("the folder is ours");
    for name in ["plain", "small"] {
        measure(path, name, &PLAIN, "0123456789", &TOOLS);
    }
    record(path);
    report(path, None);
    fs::rename(path.join("report.json"), path.join("base.json")).expect("it is there");
    folder
}

fn record(folder: &Path) {
    let update = [
        "baseline",
        "update",
        "--policy",
        "gauge.toml",
        "plain=plain.json",
        "small=small.json",
    ];
    assert_eq!(run(folder, &update).0, Some(0));
}

#[test]
fn nothing_is_one_line_and_so_is_another_line_number() {
    let folder = base();
    let (_, comment) = report(folder.path(), Some("base.json"));
    assert_eq!(
        comment,
        "No change: all 2 variants are as in the base byte for byte; tools, policy and record are the same.\n"
    );
    for name in ["plain", "small"] {
        measure(folder.path(), name, &PLAIN, "0123456798", &TOOLS);
    }
    let (_, comment) = report(folder.path(), Some("base.json"));
    assert_eq!(
        comment,
        "No change: all 2 variants are as in the base in every size, 0 of them byte for byte; tools, policy and record are the same.\n"
    );
}

#[test]
fn a_growth_names_its_function() {
    let folder = base();
    let mut grown = PLAIN;
    grown[1].1 += 3_000;
    measure(folder.path(), "plain", &grown, "0123456789", &TOOLS);
    let (json, comment) = report(folder.path(), Some("base.json"));
    let first = comment.lines().next().unwrap_or_default();
    assert!(
        first.starts_with("FAILS: ") && first.contains("grew beyond the record"),
        "{comment}"
    );
    assert!(
        comment.contains("| `demo::text::write` | 302 | 3,302 | +3,000 |"),
        "{comment}"
    );
    assert!(
        comment.contains("| `demo` | 904 | 3,904 | +3,000 |"),
        "{comment}"
    );
    assert!(!comment.contains("small: what grew"), "{comment}");
    assert_eq!(json["verdict"]["holds"], false);
    let part = &json["since"]["variants"][0]["parts"][0];
    assert_eq!(
        (&part["name"], &part["head_bytes"]),
        (&json!("demo::text::write"), &json!(3_302))
    );
    // What is not notable is folded.
    let mut grown = PLAIN;
    grown[1].1 += 30;
    measure(folder.path(), "plain", &grown, "0123456789", &TOOLS);
    let (_, comment) = report(folder.path(), Some("base.json"));
    let (before, folded) = comment
        .split_once("<details><summary>growth below 500 B")
        .expect("it is folded");
    assert!(
        !before.contains("demo::text::write") && folded.contains("demo::text::write"),
        "{comment}"
    );
}

#[test]
fn a_tool_of_another_version_comes_first() {
    let folder = base();
    let mut grown = PLAIN;
    grown[0].1 += 1_000;
    for (tools, said) in [
        (
            ["rustc=1.93.1", "wasm-opt=132"],
            "The tools are others: wasm-opt 131 is now 132. What is your code's shows before wasm-opt",
        ),
        (
            ["rustc=1.94.0", "wasm-opt=131"],
            "The tools are others: rustc 1.93.1 is now 1.94.0. The compiler is among them",
        ),
    ] {
        for name in ["plain", "small"] {
            measure(folder.path(), name, &grown, "0123456789", &tools);
        }
        let (_, comment) = report(folder.path(), Some("base.json"));
        assert!(comment.starts_with(said), "{comment}");
        assert_eq!(
            comment.contains("your code, before wasm-opt"),
            said.contains("wasm-opt 131"),
            "{comment}"
        );
    }
}

/// What of the policy becomes what, and what the comment says of it.
const LOOSENED: [(&str, &str, &str); 7] = [
    (
        "optimized = \"8 KiB\"",
        "optimized = \"9 KiB\"",
        "| `budget.optimized` | LETS MORE PASS | `8 KiB` | `9 KiB` |",
    ),
    (
        "optimized = \"8 KiB\"",
        "",
        "| `budget.optimized` | LETS MORE PASS | `8 KiB` | `absent` |",
    ),
    (
        "\"spawn\", ",
        "",
        "| `bans.symbols` | LETS MORE PASS | `- spawn` | - |",
    ),
    (
        "[\"demo\"]",
        "[\"demo\", \"rand\"]",
        "| `dependencies.allow` | LETS MORE PASS | - | `+ rand` |",
    ),
    (
        "\"0 B\"",
        "\"5 B\"",
        "| `baseline.tolerance` | LETS MORE PASS | `0 B` | `5 B` |",
    ),
    (
        "optimized = \"8 KiB\"",
        "optimized = \"7 KiB\"",
        "| `budget.optimized` | lets less pass | `8 KiB` | `7 KiB` |",
    ),
    (
        "default-variant = \"plain\"",
        "default-variant = \"small\"",
        "| `default-variant` | changed | `plain` | `small` |",
    ),
];

#[test]
fn every_change_of_the_policy_is_told() {
    let folder = base();
    for (from, to, said) in LOOSENED {
        let policy = POLICY.replace(from, to);
        assert_ne!(policy, POLICY);
        fs::write(folder.path().join("gauge.toml"), policy).expect("the folder is ours");
        let (_, comment) = report(folder.path(), Some("base.json"));
        assert!(comment.contains(said), "{said}: {comment}");
        let more = comment
            .lines()
            .next()
            .unwrap_or_default()
            .contains("let more pass than before");
        assert_eq!(more, said.contains("LETS"), "{comment}");
    }
    // A baseline recorded upward: nothing fails by it any more.
    fs::write(folder.path().join("gauge.toml"), POLICY).expect("the folder is ours");
    let mut grown = PLAIN;
    grown[0].1 += 1_000;
    measure(folder.path(), "plain", &grown, "0123456789", &TOOLS);
    record(folder.path());
    let (json, comment) = report(folder.path(), Some("base.json"));
    assert_eq!(json["verdict"]["holds"], true);
    assert!(
        comment.contains("The baseline was recorded anew, upward"),
        "{comment}"
    );
    assert!(
        comment.contains("| `plain` | optimized raw\\_bytes |"),
        "{comment}"
    );
}

#[test]
fn bases_that_do_not_fit_are_one_sentence_or_a_right_report() {
    let folder = base();
    let path = folder.path();
    let base = json_of(path, "base.json");
    let with = |change: &dyn Fn(&mut Value)| {
        let mut other = base.clone();
        change(&mut other);
        other.to_string()
    };
    for (text, said) in [
        (
            with(&|base| base["schema"] = json!(9)),
            "error: other.json: a report in version 9 of the format, and this is the tool for version 1: make it again\n",
        ),
        (
            with(&|base| {
                let first = base["variants"][0].clone();
                base["variants"].as_array_mut().expect("a list").push(first);
            }),
            "error: other.json: has the variant `plain` twice\n",
        ),
        (
            "{}".to_owned(),
            "error: other.json:1:2: not a report of `wasm-gauge report`: missing field `schema`\n",
        ),
        (
            with(&|base| base["variants"] = json!(3)),
            "error: other.json:1:",
        ),
    ] {
        fs::write(path.join("other.json"), text).expect("the folder is ours");
        let arguments = [
            "report",
            "--policy",
            "gauge.toml",
            "--base",
            "other.json",
            "plain=plain.json",
        ];
        let (code, shown, error) = run(path, &arguments);
        assert_eq!((code, shown.as_str()), (Some(3), ""), "{error}");
        assert!(
            error.starts_with(said) && error.lines().count() == 1,
            "{error}"
        );
    }
    let twice = [
        "report",
        "--policy",
        "gauge.toml",
        "plain=plain.json",
        "plain=small.json",
    ];
    assert_eq!(
        run(path, &twice),
        (
            Some(2),
            String::new(),
            "error: `plain` is given twice\n".to_owned()
        )
    );
    // A base without one variant, and with one more.
    let other = with(&|base| base["variants"][1]["name"] = json!("gone"));
    fs::write(path.join("other.json"), other).expect("the folder is ours");
    let (_, comment) = report(path, Some("other.json"));
    assert!(
        comment.contains("| `small` | holds | ") && comment.contains("| new |"),
        "{comment}"
    );
    assert!(comment.contains("Not there any more: gone."), "{comment}");
}

/// Names that would be more than names somewhere.
const HOSTILE: [&str; 8] = [
    "</script><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "\"'`|*_[a](b)",
    "a\nb\r\u{2028}c",
    "\u{202e}gnp.exe\u{202c}",
    "{{ 7 * 7 }}{% raw %}",
    "<!--",
    "]]></details>",
];

/// Measurements of `functions`, made by hand.
fn measurements(functions: &[(String, u64)], other: u64) -> Value {
    let code: u64 = functions.iter().map(|(_, bytes)| bytes).sum();
    let total = code + other;
    let mut parts: Vec<Value> = functions
        .iter()
        .map(|(name, bytes)| {
            json!({"function": true, "crate": name, "name": name, "items": 1, "bytes": bytes, "retained_bytes": bytes})
        })
        .collect();
    parts.push(json!({"function": false, "crate": "(other sections)", "name": "code", "items": 1, "bytes": other, "retained_bytes": other}));
    let count = functions.len();
    json!({
        "tools": {"rustc": "1.93.1"},
        "unoptimized": null,
        "optimized": {
            "file": "a.wasm", "kind": "core-module", "core_modules": 1, "raw_bytes": total, "gzip_bytes": total, "brotli_bytes": total,
            "code_bytes": code, "data_bytes": 0, "custom_bytes": 0, "functions": count, "initial_pages": 0, "sha256": "00"
        },
        "contents": null,
        "details": {
            "optimized": {"total_bytes": total, "functions": count, "unnamed_functions": 0, "parts": parts, "monomorphizations":
                functions.iter().take(3).map(|(name, bytes)| json!({"name": name, "copies": 2, "bytes": bytes, "savable_bytes": 1})).collect::<Vec<_>>()},
            "unoptimized": null,
            "memory": {"file": "a.wasm", "modules": [], "run": null}
        }
    })
}

/// Reports on `variants`, with the first of them as the base of all, and gives page and comment.
fn reported(variants: &[(&str, Value)]) -> (String, String) {
    let folder = inputs();
    let path = folder.path();
    fs::write(path.join("policy.toml"), "[budget]\noptimized = \"1 B\"\n")
        .expect("the folder is ours");
    let mut named = Vec::new();
    for (index, (name, value)) in variants.iter().enumerate() {
        fs::write(path.join(format!("{index}.json")), value.to_string())
            .expect("the folder is ours");
        named.push(format!("{name}={index}.json"));
    }
    let mut base = vec![
        "report",
        "--policy",
        "policy.toml",
        "--json",
        "base.json",
        "-o",
        "text",
    ];
    let empty = format!("{}=empty.json", variants[0].0);
    fs::write(path.join("empty.json"), measurements(&[], 1).to_string())
        .expect("the folder is ours");
    base.push(&empty);
    let (code, _, said) = run(path, &base);
    assert_eq!((code, said.as_str()), (Some(0), ""));
    let mut arguments = vec![
        "report",
        "--policy",
        "policy.toml",
        "--base",
        "base.json",
        "--html",
        "page",
        "--markdown",
        "comment",
        "-o",
        "text",
    ];
    arguments.extend(named.iter().map(String::as_str));
    let (code, _, said) = run(path, &arguments);
    assert_eq!((code, said.as_str()), (Some(0), ""));
    (text_of(path, "page"), text_of(path, "comment"))
}

/// The data of the page's script.
fn data(page: &str) -> Value {
    let (_, data) = page
        .split_once("<script type=\"application/json\" id=\"data\">")
        .expect("it is there");
    let (data, _) = data.split_once("</script>").expect("it ends");
    serde_json::from_str(data).expect("it is JSON")
}

#[test]
fn names_are_names_on_the_page_and_in_the_comment() {
    let functions: Vec<_> = HOSTILE
        .iter()
        .map(|name| ((*name).to_owned(), 1_000))
        .collect();
    for name in HOSTILE {
        // A name on the command line ends at its `=`.
        let name = name.replace('=', "");
        let (page, comment) = reported(&[(&name, measurements(&functions, 10))]);
        assert_eq!(page.matches("<script").count(), 2, "{name}");
        assert_eq!(page.matches("</script").count(), 2, "{name}");
        assert_eq!(page.matches("<!--").count(), 0, "{name}");
        assert_eq!(page.matches("<img").count(), 0, "{name}");
        assert!(
            !page.contains('\u{202e}') && !page.contains('\u{2028}'),
            "{name}"
        );
        let names = data(&page)["names"].to_string();
        assert!(
            names.contains("</script><script>alert(1)</script>"),
            "{names}"
        );
        assert!(
            page.contains("&lt;&#x2f;script&gt;") || page.contains("&lt;/script&gt;"),
            "{name}"
        );
        assert!(
            !comment.contains('\u{202e}') && !comment.contains("\n\n</details>\n</details>"),
            "{comment}"
        );
        let tables = comment.lines().filter(|line| line.starts_with('|'));
        for line in tables {
            let bars = line.replace("\\|", "").matches('|').count();
            assert!((5..=11).contains(&bars), "{line}");
        }
    }
}

#[test]
fn the_page_needs_nothing_else() {
    let (page, _) = reported(&[("plain", measurements(&[("a".to_owned(), 10)], 10))]);
    for word in [
        "http:",
        "https:",
        "src=",
        "@import",
        "url(",
        "fetch(",
        "XMLHttpRequest",
        "innerHTML",
        "eval(",
    ] {
        assert!(!page.contains(word), "{word}");
    }
    assert!(page.contains("default-src 'none'"));
}

#[test]
fn many_functions_and_none_give_a_right_page() {
    let many: Vec<_> = (0..100_000_u64)
        .map(|index| {
            (
                format!(
                    "demo::module{}::function_of_a_long_name_{index}",
                    index % 500
                ),
                20 + index % 90,
            )
        })
        .collect();
    for (functions, variants) in [(many, 1), (Vec::new(), 3)] {
        let names: Vec<String> = (0..variants).map(|index| format!("v{index}")).collect();
        let measured: Vec<_> = names
            .iter()
            .map(|name| (name.as_str(), measurements(&functions, 100)))
            .collect();
        let (page, comment) = reported(&measured);
        assert!(page.len() < 1_000_000, "{}", page.len());
        assert!(comment.len() < 65_536, "{}", comment.len());
        // Nothing is lost: the whole map has the file's bytes.
        let data = data(&page);
        let bytes: u64 = functions.iter().map(|(_, bytes)| bytes).sum::<u64>() + 100;
        let maps = data["maps"].as_array().expect("a list");
        let map = maps
            .iter()
            .find(|map| map["view"] == "optimized")
            .expect("there is one");
        assert_eq!(map["tile"][1], json!(bytes));
    }
}

#[test]
fn a_comment_is_never_too_long() {
    let names: Vec<String> = (0..1_500)
        .map(|index| format!("variant-{index}-{}", "<x>".repeat(60)))
        .collect();
    let grown: Vec<_> = (0..8)
        .map(|index| (format!("demo::{}{index}", "|`".repeat(300)), 1_000))
        .collect();
    let measured: Vec<_> = names
        .iter()
        .map(|name| (name.as_str(), measurements(&grown, 100)))
        .collect();
    let (_, comment) = reported(&measured);
    assert!(comment.len() < 65_536, "{}", comment.len());
    assert!(
        comment.starts_with("FAILS: 1,500 of 1,500 limits are broken in 1,500 variants."),
        "{}",
        &comment[..300]
    );
}

#[test]
fn the_history_is_on_the_page() {
    let folder = base();
    let path = folder.path();
    let made = |history: &str| {
        fs::write(path.join("history.jsonl"), history).expect("the folder is ours");
        let arguments = "report --policy gauge.toml --history history.jsonl --json report.json --html report.html plain=plain.json small=small.json";
        run(path, &arguments.split(' ').collect::<Vec<_>>())
    };
    let moment = |revision: &str, bytes: u64| {
        json!({"revision": revision, "date": "2026-11-26", "raw_bytes": bytes, "gzip_bytes": 9})
            .to_string()
    };
    let page = || text_of(path, "report.html");
    for (history, shown) in [
        (vec![], false),
        (vec![moment("a1", 1_000)], false),
        (vec![moment("a1", 1_000), moment("<b2>", 1_200)], true),
    ] {
        let (code, _, said) = made(&history.join("\n"));
        assert_eq!(code, Some(0), "{said}");
        assert_eq!(
            json_of(path, "report.json")["history"]
                .as_array()
                .map(Vec::len),
            Some(history.len())
        );
        assert_eq!(page().contains("id=\"history\""), shown);
    }
    assert!(page().contains("&lt;b2&gt;") && !page().contains("<b2>"));
    let (code, _, said) = made(&format!("{}\n{{}}", moment("a1", 1)));
    assert_eq!(code, Some(3));
    assert!(
        said.contains("history.jsonl:2:2: not a line of `history`: missing field `revision`"),
        "{said}"
    );
}

#[test]
fn sentences_with_all_tools_are_whole() {
    let folder = base();
    let path = folder.path();
    fs::remove_file(path.join("baseline.json")).expect("it is there");
    let tools: Vec<String> = (10..25)
        .map(|tool| format!("tool-{tool}=1.93.1 (8bab26f4f)"))
        .collect();
    let tools: Vec<&str> = tools.iter().map(String::as_str).collect();
    for name in ["plain", "small"] {
        measure(path, name, &PLAIN, "0123456789", &tools);
    }
    let (_, comment) = report(path, None);
    let line = comment
        .lines()
        .find(|line| line.starts_with("not compared"));
    let line = line.expect("there is no record");
    for tool in 10..25 {
        assert!(
            line.contains(&format!("tool-{tool} 1.93.1 (8bab26f4f)")),
            "{line}"
        );
    }
}

#[test]
fn what_checks_said_is_told_and_a_failed_one_fails() {
    let folder = base();
    let path = folder.path();
    let write = |name: &str, value: Value| {
        fs::write(path.join(name), value.to_string()).expect("the folder is ours");
    };
    write(
        "provenance.json",
        json!([{"file": "plain.wasm", "source_sha256": "a", "lock_sha256": "b", "checks": {}, "stages": []}]),
    );
    let made = |checks: &[&str]| {
        let mut arguments = vec![
            "report",
            "--policy",
            "gauge.toml",
            "--json",
            "report.json",
            "--html",
            "report.html",
            "--provenance",
            "plain=provenance.json",
        ];
        for file in checks {
            arguments.extend(["--checks", file]);
        }
        arguments.extend(["plain=plain.json", "small=small.json"]);
        run(path, &arguments)
    };
    let said = "3 calls,\nanswered by <b>2</b> binaries";
    write(
        "good.json",
        json!({"behaviour": {"holds": true, "said": said}}),
    );
    write(
        "bad.json",
        json!({"rebuild": {"holds": false, "said": "a.wasm\ndiffers"}}),
    );
    let report = || json_of(path, "report.json");

    let (code, text, _) = made(&["plain=good.json"]);
    assert_eq!(code, Some(0));
    assert!(text.starts_with("Holds: "), "{text}");
    assert_eq!(report()["verdict"]["holds"], true);
    let checks = &report()["variants"][0]["provenance"][0]["checks"];
    assert_eq!(checks, &json!({"behaviour": {"holds": true, "said": said}}));
    assert!(
        text_of(path, "report.html").contains("answered by &lt;b&gt;2&lt;&#x2f;b&gt; binaries")
    );

    let (code, text, _) = made(&["plain=good.json", "plain=bad.json"]);
    assert_eq!(code, Some(0));
    assert!(
        text.starts_with(
            "FAILS: 1 check failed in 2 variants.\n\nFAILS: plain: rebuild: a.wasm differs\n"
        ),
        "{text}"
    );
    assert_eq!(report()["verdict"]["holds"], false);
    let checks = &report()["variants"][0]["provenance"][0]["checks"];
    assert_eq!(checks.as_object().map(serde_json::Map::len), Some(2));

    write("list.json", json!({"behaviour": "it holds"}));
    for (file, code, expected) in [
        (
            "small=good.json",
            2,
            "`small` of --checks has no provenance: give --provenance small=FILE",
        ),
        (
            "plain=list.json",
            3,
            "list.json:1:23: not what checks said: ",
        ),
        ("plain=none.json", 3, "none.json: No such file"),
    ] {
        let (status, _, error) = made(&[file]);
        assert!(status == Some(code) && error.contains(expected), "{error}");
    }
}
