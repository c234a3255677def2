//! A report's word against what can be computed again.

use serde::Serialize;
use serde_json::Value;

use super::{Measured, judge, seal};
use crate::measure::{Memory, Sizes};
use crate::policy::budget;
use crate::record::provenance::Provenance;
use crate::record::report::{Report, Reported};

/// What of a report was computed again for one file.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct Verification {
    /// The file's name without its folders.
    pub file: String,
    /// The variant that it is; none where it is none of them.
    pub variant: Option<String>,
    /// Whether all of it is so.
    pub holds: bool,
    /// What was looked at.
    pub checks: Vec<Check>,
}

/// One thing that a report says.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct Check {
    /// What it is.
    pub what: String,
    /// Whether it is so.
    pub holds: bool,
    /// What the report says, and what is so, where these differ.
    pub difference: Option<(String, String)>,
}

/// What was computed of a file, and of what it is made from.
pub struct Recomputed {
    /// What the file is called.
    pub file: String,
    /// Its sizes.
    pub sizes: Sizes,
    /// How its memory is laid out.
    pub memory: Memory,
    /// SHA-256 of the list of the sources' files, where they are at hand.
    pub source_sha256: Option<String>,
    /// SHA-256 of the lock, where it is at hand.
    pub lock_sha256: Option<String>,
}

#[derive(Default)]
struct Checks(Vec<Check>);

impl Checks {
    fn equal<T: PartialEq + Serialize>(&mut self, what: impl Into<String>, said: &T, is: &T) {
        let text = |value: &T| serde_json::to_string(value).unwrap_or_default();
        let holds = said == is;
        self.0.push(Check {
            what: what.into(),
            holds,
            difference: (!holds).then(|| (text(said), text(is))),
        });
    }
}

/// Holds what `value`, a report that reads as `report`, says of a file against `is`.
pub fn verify(value: &Value, report: &Report, is: &Recomputed) -> Verification {
    let mut checks = Checks::default();
    let said = value["seal"].as_str().unwrap_or_default().to_owned();
    checks.equal("the seal over the report", &said, &seal(value.clone()));
    let mut variants = report.variants.iter();
    let variant = variants.find(|variant| variant.optimized.sha256 == is.sizes.sha256);
    checks.0.push(Check {
        what: "the file is one of the report's".to_owned(),
        holds: variant.is_some(),
        difference: None,
    });
    if let Some(variant) = variant {
        variant_checks(&mut checks, value, report, variant, is);
    }
    Verification {
        file: is.file.clone(),
        variant: variant.map(|variant| variant.name.clone()),
        holds: checks.0.iter().all(|check| check.holds),
        checks: checks.0,
    }
}

fn variant_checks(
    checks: &mut Checks,
    value: &Value,
    report: &Report,
    variant: &Reported,
    is: &Recomputed,
) {
    let name = &variant.name;
    // What the file is called changes nothing of what it is.
    let sizes = Sizes {
        file: variant.optimized.file.clone(),
        ..is.sizes.clone()
    };
    checks.equal("sizes", &variant.optimized, &sizes);
    if let Some(details) = &variant.details {
        let memory = Memory {
            file: details.memory.file.clone(),
            ..is.memory.clone()
        };
        checks.equal("layout of memory", &details.memory, &memory);
        for (what, breakdown, bytes) in [
            ("parts", Some(&details.optimized), Some(is.sizes.raw_bytes)),
            (
                "parts before wasm-opt",
                details.unoptimized.as_ref(),
                variant.unoptimized.as_ref().map(|sizes| sizes.raw_bytes),
            ),
        ] {
            let Some((breakdown, bytes)) = breakdown.zip(bytes) else {
                continue;
            };
            let sum: u64 = breakdown.parts.iter().map(|part| part.bytes).sum();
            let functions = breakdown.parts.iter().filter(|part| part.function);
            checks.equal(format!("{what}: their sum"), &sum, &bytes);
            checks.equal(format!("{what}: all bytes"), &breakdown.total_bytes, &bytes);
            checks.equal(
                format!("{what}: functions"),
                &breakdown.functions,
                &functions.map(|part| part.items).sum(),
            );
        }
        checks.equal(
            "functions",
            &details.optimized.functions,
            &is.sizes.functions,
        );
    }
    let judged = budget(&report.policy).and_then(|budget| {
        let measured = Measured {
            unoptimized: variant.unoptimized.as_ref().map(|sizes| sizes.raw_bytes),
            optimized: is.sizes.raw_bytes,
            optimized_gzip: Some(is.sizes.gzip_bytes),
        };
        judge(&measured, &budget).map_err(|unmeasured| unmeasured.to_string())
    });
    let findings = judged.map_or_else(Value::String, |findings| {
        serde_json::to_value(findings).unwrap_or_default()
    });
    checks.equal("limits", &value["verdict"]["budget"][name], &findings);
    let fails = |pointer: &str, key: &str, word: Value| {
        let all = value.pointer(pointer).into_iter();
        let mut all = all.flat_map(|list| match list {
            Value::Object(map) => map
                .values()
                .flat_map(|list| list.as_array().into_iter().flatten())
                .collect::<Vec<_>>(),
            list => list.as_array().into_iter().flatten().collect(),
        });
        all.any(|entry| entry[key] == word)
    };
    let holds = !fails("/verdict/budget", "holds", false.into())
        && !fails("/verdict/changes", "grade", "failure".into())
        && report.failed_checks().next().is_none();
    checks.equal("verdict", &value["verdict"]["holds"], &holds.into());
    for provenance in &variant.provenance {
        if provenance.file == variant.optimized.file {
            provenance_checks(checks, report, provenance, is);
        }
    }
}

fn provenance_checks(
    checks: &mut Checks,
    report: &Report,
    provenance: &Provenance,
    is: &Recomputed,
) {
    let mut before = &provenance.source_sha256;
    for (index, stage) in provenance.stages.iter().enumerate() {
        let place = format!("stage {}, {}", index + 1, stage.tool);
        checks.equal(
            format!("{place}: takes what was made before"),
            &stage.input_sha256,
            before,
        );
        // It is part of Binaryen, as wasm-opt is, and has its version.
        let tool = match stage.tool.as_str() {
            "wasm-metadce" => "wasm-opt",
            tool => tool,
        };
        let version = report.tools.get(tool);
        checks.equal(format!("{place}: version"), &Some(&stage.version), &version);
        before = &stage.output_sha256;
    }
    checks.equal("what the last stage made", before, &is.sizes.sha256);
    for (what, said, is) in [
        ("sources", &provenance.source_sha256, &is.source_sha256),
        ("Cargo.lock", &provenance.lock_sha256, &is.lock_sha256),
    ] {
        if let Some(is) = is {
            checks.equal(what, said, is);
        }
    }
}
