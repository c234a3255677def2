//! What is printed as JSON is what the schemas in `docs/schema` say, and nothing else is.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use boon::{Compiler, Schemas};
use serde_json::Value;

use crate::support::{inputs, script, stand_in, wasm_gauge};

const SCHEMAS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/schema");

/// The files of a folder by name.
fn files(folder: &Path) -> BTreeMap<String, String> {
    fs::read_dir(folder)
        .expect("the folder is there")
        .map(|entry| {
            let path = entry.expect("it can be read").path();
            let name = path.file_stem().expect("a file has a name");
            let text = fs::read_to_string(&path).expect("it is a text");
            (name.to_string_lossy().into_owned(), text)
        })
        .collect()
}

#[test]
fn the_schemas_are_those_of_the_types() {
    let folder = inputs();
    let made = wasm_gauge()
        .current_dir(&folder)
        .args(["generate", "schemas", "schema"])
        .status();
    assert!(made.expect("the tool starts").success());
    let (made, committed) = (
        files(&folder.path().join("schema")),
        files(Path::new(SCHEMAS)),
    );
    let rewrite = "`cargo run -p wasm-gauge -- generate schemas docs/schema` at the workspace's root rewrites them";
    assert!(made.keys().eq(committed.keys()), "{rewrite}");
    for (name, text) in made {
        assert!(text == committed[&name], "{name}.json is behind: {rewrite}");
    }
}

/// The subcommands under `words` that have JSON as a format, by what `-h` says of each.
fn with_json(words: &[String]) -> Vec<String> {
    let help = wasm_gauge().args(words).arg("-h").output();
    let help = String::from_utf8(help.expect("the tool starts").stdout).expect("help is text");
    let formats = help
        .split("--format")
        .nth(1)
        .and_then(|rest| rest.split_once("[possible values: "));
    let own = formats.is_some_and(|(_, values)| {
        let values = values.split(']').next().unwrap_or_default();
        values.split(", ").any(|value| value == "json")
    });
    let commands = help.split_once("Commands:\n").map_or("", |(_, rest)| {
        rest.split("\n\n").next().unwrap_or_default()
    });
    let below = commands
        .lines()
        .filter_map(|line| line.split_whitespace().next())
        .filter(|name| *name != "help")
        .flat_map(|name| with_json(&[words, &[name.to_owned()]].concat()));
    below.chain(own.then(|| words.join("-"))).collect()
}

#[test]
fn every_subcommand_with_json_has_a_schema() {
    let subcommands = with_json(&[]);
    assert!(subcommands.contains(&"baseline-check".to_owned()));
    let schemas = files(Path::new(SCHEMAS));
    for subcommand in subcommands {
        assert!(
            schemas.contains_key(&subcommand),
            "{subcommand} has --format json and no schema: list it in cli/schemas.rs"
        );
    }
}

/// Schema, arguments separated by spaces, exit status. A result is on standard output, the baseline in its file.
#[rustfmt::skip]
const CASES: &[(&str, &str, i32)] = &[
    ("baseline-check", "baseline check --format json --policy gauge.toml plain=plain.report.json", 0),
    ("baseline-check", "baseline check --format json --strict --policy budget.toml plain=plain.report.json", 1),
    ("baseline-file", "baseline update --policy bans.toml --bench bench.json plain=plain.report.json", 0),
    ("baseline-check", "baseline check --format json --policy bans.toml plain=plain.report.json", 0),
    ("baseline-file", "baseline update --policy gauge.toml plain=newer.report.json", 0),
    ("baseline-file", "baseline update --policy gauge.toml plain=other.report.json", 0),
    ("baseline-check", "baseline check --format json --policy gauge.toml plain=plain.report.json", 1),
    ("baseline-file", "baseline update --policy decision.toml --bench timed.bench.json plain=plain.report.json other=other.report.json leaking=leaking.report.json", 0),
    ("baseline-file", "baseline costs --policy decision.toml --bench timed.bench.json --startup plain=startup.json --machine abacus plain=plain.report.json other=other.report.json leaking=leaking.report.json", 0),
    ("compare", "compare --format json --policy decision.toml --recorded", 0),
    ("baseline-check", "baseline check --format json --policy bans.toml other=other.report.json", 0),
    ("baseline-file", "baseline update --policy bans.toml plain=before.json", 0),
    ("baseline-check", "baseline check --format json --policy bans.toml plain=after.json", 1),
    ("bench", "bench --format json --no-time --workload work=work.jsonl --stats stats --traced worker=worker.wasm worker=worker.wasm slower=slower.wasm", 0),
    ("bench", "bench --format json --rounds 6 --workload work=work.jsonl worker=worker.wasm slower=slower.wasm", 0),
    ("bench", "bench --format json --workload name=name.jsonl worker=worker.wasm renamed=renamed.wasm", 1),
    ("call", "call guest.wasm --calls calls.jsonl", 0),
    ("call", "call guest.core.wasm --calls trap.jsonl", 1),
    ("compare", "compare --format json plain=plain.report.json other=other.report.json", 0),
    ("compare", "compare --format json --policy gauge.toml plain=plain.report.json", 0),
    ("compare", "compare --format json plain=after.json", 0),
    ("compare", "compare --format json --policy decision.toml plain=plain.report.json other=other.report.json", 0),
    ("compare", "compare --format json --policy decision.toml --bench bench.json plain=plain.report.json other=other.report.json leaking=leaking.report.json", 0),
    ("compare", "compare --format json --policy decision.toml --bench timed.bench.json plain=plain.report.json other=other.report.json leaking=leaking.report.json", 0),
    ("diff", "diff --format json guest.wasm features.wasm", 0),
    ("diff", "diff --format json no-module.wasm header-only.wasm", 0),
    ("exports", "exports --format json guest.wasm", 0),
    ("exports", "exports --format json --all features.wasm", 0),
    ("exports", "exports --format json header-only.wasm", 0),
    ("bans", "bans --format json --policy bans.toml named.wasm", 1),
    ("bans", "bans --format json --policy bans.toml header-only.wasm", 0),
    ("gate", "gate --format json --max-size 1MiB guest.wasm", 0),
    ("gate", "gate --format json --policy budget.toml --unoptimized 307500.wasm 307201.wasm", 1),
    ("gate", "gate --format json --max-size 1KiB --names after.opt.names.wasm after.opt.wasm", 1),
    ("imports", "imports --format json --all dice.wasm", 0),
    ("imports", "imports --format json features.wasm", 0),
    ("imports", "imports --format json no-module.wasm", 0),
    ("measure", "measure --format json --unoptimized no-module.wasm guest.wasm", 0),
    ("measure", "measure --format json --tool rustc=1.93.1 guest.core.wasm", 0),
    ("measure", "measure --format json after.opt.names.wasm", 0),
    ("memory", "memory --format json guest.wasm", 0),
    ("memory", "memory --format json features.wasm", 0),
    ("memory", "memory --format json no-module.wasm", 0),
    ("memory", "memory --format json --policy memory.toml --variant plain guest.core.wasm", 1),
    ("memory", "memory --format json --calls roll.jsonl grow.wasm", 0),
    ("native", "native --format json named.elf stripped.elf", 0),
    ("native", "native --format json --policy native.toml --show crates named.elf", 1),
    ("opt", "opt --format json --wasm-opt ./stand-in -o out.wasm guest.wasm", 0),
    ("opt", "opt --format json --wasm-opt ./stand-in -o out.wasm no-module.wasm -- -O3", 0),
    ("opt", "opt --format json --wasm-opt ./stand-in --effort 3 --for brotli -o out.wasm guest.wasm", 0),
    ("paths", "paths --format json --top 1 guest.wasm data", 0),
    ("paths", "paths --format json --names after.opt.names.wasm after.opt.wasm demo", 0),
    ("profile", "profile --format json guest.wasm", 0),
    ("profile", "profile --format json features.wasm", 0),
    ("profile", "profile --format json no-module.wasm", 0),
    ("recipe-file", "opt --wasm-opt ./stand-in --recipe recipe.json -o out.wasm guest.wasm", 0),
    ("report", "report --format json --policy budget.toml plain=plain.report.json", 0),
    ("report", "report --format json --policy budget.toml --base base.json --bench bench.json plain=detailed.json", 0),
    ("kept", "kept --format json --policy keep.toml --built kept.wasm kept.wasm", 0),
    ("kept", "kept --format json --policy keep.toml --built kept.wasm guest.wasm", 1),
    ("same", "same --format json guest.wasm guest.wasm", 0),
    ("same", "same --format json guest.wasm dice.wasm", 1),
    ("same", "same --format json guest.wasm no-module.wasm", 1),
    ("sections", "sections --format json dice.wasm", 0),
    ("sections", "sections --format json header-only.wasm", 0),
    ("startup", "startup --format json --repetitions 2 --compilations 1 --calls calls.jsonl guest.wasm", 0),
    ("startup", "startup --format json --repetitions 2 --compilations 1 guest.core.wasm", 0),
    ("startup", "startup --format json --repetitions 1 --compilations 1 --processes 1 --wasmtime=./wasmtime --calls name.jsonl worker.wasm", 0),
    ("target-features", "target-features --format json guest.wasm", 0),
    ("target-features", "target-features --format json features.wasm", 0),
    ("lint", "lint --format json --rustc fat.txt guest.core.wasm", 0),
    ("lint", "lint --format json --rustc rlib.txt named.wasm", 1),
    ("target-features", "target-features --format json no-module.wasm", 0),
    ("verify", "verify --format json report.json after.opt.wasm", 0),
    ("verify", "verify --format json base.json after.opt.wasm", 1),
];

#[test]
fn every_result_is_what_its_schema_says() {
    let folder = inputs();
    let write = |name: &str, bytes: &[u8]| {
        fs::write(folder.path().join(name), bytes).expect("the folder is ours");
    };
    stand_in(folder.path(), "cp \"$input\" \"$output\"");
    script(
        folder.path(),
        "wasmtime",
        "[ \"$1\" = compile ] && exec cp \"$4\" \"$3\"; echo wasmtime 0.0",
    );
    let started = "startup --format json -o startup.json --repetitions 1 --compilations 1 --calls calls.jsonl guest.wasm";
    let started = wasm_gauge()
        .current_dir(&folder)
        .args(started.split(' '))
        .status();
    assert!(started.expect("the tool starts").success());
    let policy = fs::read_to_string(folder.path().join("decision.toml")).expect("it is there");
    let policy = format!("{policy}[startup]\ncold-ms = 5\nwarm-ms = 1\n");
    write("decision.toml", policy.as_bytes());
    write(
        "bans.toml",
        b"[bans]\nsymbols = [\"spawn\"]\nstrings = [\"HTTP\"]\n[variants.plain]\nsummary = \"\"\n[variants.other]\nsummary = \"\"\n",
    );
    write(
        "budget.toml",
        b"[budget]\noptimized = \"300 B\"\noptimized-gzip = \"1 MiB\"\nmin-reduction = \"5 %\"\n[variants.plain]\nsummary = \"\"\n",
    );
    write("keep.toml", b"[sections]\nkeep = [\"spec\"]\n");
    let kept = "(module (@custom \"spec\" \"1\"))";
    write("kept.wasm", &wat::parse_str(kept).expect("it assembles"));
    let bench =
        "bench --no-time --format json -o bench.json --workload work=work.jsonl plain=worker.wasm";
    let made = wasm_gauge()
        .current_dir(&folder)
        .args(bench.split(' '))
        .status();
    assert!(made.expect("the tool starts").success());
    let named = "(module (memory 1) (data (i32.const 0) \"HTTP\") (func $spawn))";
    write("named.wasm", &wat::parse_str(named).expect("it assembles"));
    // Measurements with names, for a baseline that says what grew.
    for name in ["before", "after"] {
        let measured = wasm_gauge()
            .current_dir(&folder)
            .args([
                "measure",
                "--format",
                "json",
                "--tool",
                "rustc=1.93.1",
                "-o",
            ])
            .args([format!("{name}.json"), "--names".to_owned()])
            .args([".opt.names.wasm", ".opt.wasm"].map(|end| format!("{name}{end}")))
            .status();
        assert!(measured.expect("the tool starts").success());
    }

    for arguments in [
        "report --policy bans.toml --json base.json -o text plain=before.json",
        "measure --details --tool rustc=1.94 --json detailed.json -o text --unoptimized before.opt.names.wasm after.opt.names.wasm",
        "measure --details --tool rustc=1.94 --json shipped.json -o text --names after.opt.names.wasm after.opt.wasm",
        "report --policy bans.toml --json report.json -o text plain=shipped.json",
    ] {
        let made = wasm_gauge()
            .current_dir(&folder)
            .args(arguments.split(' '))
            .status();
        assert!(made.expect("the tool starts").success());
    }

    let mut schemas = Schemas::new();
    let mut compiler = Compiler::new();
    let committed = files(Path::new(SCHEMAS));
    let indices: BTreeMap<&String, _> = committed
        .keys()
        .map(|name| {
            let path = format!("{SCHEMAS}/{name}.json");
            (
                name,
                compiler
                    .compile(&path, &mut schemas)
                    .expect("it is a schema"),
            )
        })
        .collect();
    let mut tried: BTreeSet<_> = CASES.iter().map(|(name, ..)| *name).collect();
    // What is read has a test of its own.
    tried.extend(["builds-file", "calls-file", "policy-file"]);
    assert!(
        tried.into_iter().eq(committed.keys()),
        "a schema has no case"
    );

    for (name, arguments, status) in CASES {
        let output = wasm_gauge()
            .current_dir(&folder)
            .args(arguments.split(' '))
            .output()
            .expect("the tool starts");
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(*status), "{arguments}: {said}");
        let text = match *name {
            "baseline-file" => {
                fs::read(folder.path().join("baseline.json")).expect("it was written")
            }
            "recipe-file" => fs::read(folder.path().join("recipe.json")).expect("it was written"),
            _ => output.stdout,
        };
        let refusal = |value: &Value| {
            let validated = schemas.validate(value, indices[&(*name).to_owned()]);
            validated.err().map(|error| error.to_string())
        };
        // One value, or one a line.
        let values = serde_json::Deserializer::from_slice(&text).into_iter();
        let values: Vec<Value> = values.collect::<Result<_, _>>().expect("it is JSON");
        assert!(!values.is_empty(), "{arguments}");
        for value in values {
            assert_eq!(refusal(&value), None, "{arguments}");
            for (planted, wrong) in wrong(&value) {
                assert!(refusal(&wrong).is_some(), "{arguments}: {planted}: {wrong}");
            }
        }
    }
}

/// What `value` must not look like: each key at the top taken away or called something else, and a key more
/// in every object.
fn wrong(value: &Value) -> Vec<(String, Value)> {
    let mut wrong = Vec::new();
    for key in value
        .as_object()
        .into_iter()
        .flat_map(|object| object.keys())
    {
        let mut without = value.clone();
        let taken = without
            .as_object_mut()
            .and_then(|object| object.remove(key));
        wrong.push((format!("no {key}"), without.clone()));
        without["planted"] = taken.expect("it was there");
        wrong.push((format!("{key} renamed"), without));
    }
    for pointer in objects(value, String::new()) {
        let mut more = value.clone();
        more.pointer_mut(&pointer).expect("it is there")["planted"] = Value::Null;
        wrong.push((format!("a key more at {pointer:?}"), more));
    }
    wrong
}

/// JSON pointers to all objects in `value`, which is at `pointer`.
fn objects(value: &Value, pointer: String) -> Vec<String> {
    let inner: Vec<(String, &Value)> = match value {
        Value::Object(object) => object
            .iter()
            .map(|(key, value)| (key.clone(), value))
            .collect(),
        Value::Array(array) => array
            .iter()
            .enumerate()
            .map(|(index, value)| (index.to_string(), value))
            .collect(),
        _ => Vec::new(),
    };
    let own = value.is_object().then(|| pointer.clone());
    let inner = inner.into_iter().flat_map(|(key, value)| {
        let key = key.replace('~', "~0").replace('/', "~1");
        objects(value, format!("{pointer}/{key}"))
    });
    own.into_iter().chain(inner).collect()
}

#[test]
fn a_call_is_what_its_schema_says() {
    let folder = inputs();
    let (mut schemas, mut compiler) = (Schemas::new(), Compiler::new());
    let schema = compiler.compile(&format!("{SCHEMAS}/calls-file.json"), &mut schemas);
    let schema = schema.expect("it is a schema");
    for (file, holds) in [
        ("calls.jsonl", true),
        ("work.jsonl", true),
        ("varies.jsonl", true),
        ("malformed.jsonl", false),
        ("misspelt.jsonl", false),
    ] {
        let text = fs::read_to_string(folder.path().join(file)).expect("it is there");
        for line in text.lines().filter(|line| !line.trim().is_empty()) {
            let call = serde_json::from_str(line).expect("it is JSON");
            assert_eq!(schemas.validate(&call, schema).is_ok(), holds, "{line}");
        }
    }
}

/// The page that is made from the schema, and the policies that stand here.
#[test]
fn a_policy_is_what_its_schema_says() {
    let folder = inputs();
    let made = wasm_gauge()
        .current_dir(&folder)
        .args(["generate", "policy-reference", "."])
        .status();
    assert!(made.expect("the tool starts").success());
    let page = fs::read_to_string(folder.path().join("policy.md")).expect("it was written");
    assert!(
        page == fs::read_to_string(format!("{SCHEMAS}/../policy.md")).expect("it is there"),
        "docs/policy.md is behind: `cargo run -p wasm-gauge -- generate policy-reference docs` at the workspace's root rewrites it"
    );

    let (mut schemas, mut compiler) = (Schemas::new(), Compiler::new());
    let schema = compiler.compile(&format!("{SCHEMAS}/policy-file.json"), &mut schemas);
    let schema = schema.expect("it is a schema");
    for policy in ["gauge.toml", "decision.toml"] {
        let text = fs::read_to_string(folder.path().join(policy)).expect("it is there");
        let value: Value = toml::from_str(&text).expect("it is TOML");
        assert_eq!(
            schemas
                .validate(&value, schema)
                .map_err(|error| error.to_string()),
            Ok(()),
            "{policy}"
        );
        for (planted, wrong) in wrong(&value) {
            // nothing is needed at the top
            if planted.starts_with("no ") {
                continue;
            }
            assert!(
                schemas.validate(&wrong, schema).is_err(),
                "{policy}: {planted}"
            );
        }
    }
}
