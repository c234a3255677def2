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
    pub checks: Vec<CheckedClaim>,
}

/// One thing that a report says.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct CheckedClaim {
    /// What it is about.
    pub claim: Claim,
    /// Whether it is so.
    pub holds: bool,
    /// What the report says, and what is so, where these differ.
    pub difference: Option<(String, String)>,
}

/// What one thing is about that a report says.
#[derive(Clone, Debug, Serialize, schemars::JsonSchema)]
#[serde(tag = "about", rename_all = "kebab-case")]
pub enum Claim {
    /// The seal over the report.
    Seal,
    /// That the file is one of the report's.
    File,
    /// The file's sizes.
    Sizes,
    /// How its memory is laid out.
    Memory,
    /// The parts of a binary.
    Parts {
        /// Whether it is the one before wasm-opt.
        unoptimized: bool,
        /// Which figure of them.
        figure: Figure,
    },
    /// How many functions the file has.
    Functions,
    /// The policy's limits on the variant.
    Limits,
    /// The verdict on all of it.
    Verdict,
    /// What a stage began with.
    StageInput(NumberedStage),
    /// The version of a stage's tool.
    StageVersion(NumberedStage),
    /// What the last stage made.
    LastOutput,
    /// The sources.
    Sources,
    /// `Cargo.lock`.
    Lock,
}

/// A figure of the parts of a binary.
#[derive(Clone, Copy, Debug, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Figure {
    /// The bytes of all parts together.
    Sum,
    /// The bytes of the whole file.
    Total,
    /// How many of them are functions.
    Functions,
}

/// One stage of those that a file went through.
#[derive(Clone, Debug, Serialize, schemars::JsonSchema)]
pub struct NumberedStage {
    /// Which one, from 1.
    pub number: usize,
    /// The tool.
    pub tool: String,
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
struct CheckedClaims(Vec<CheckedClaim>);

impl CheckedClaims {
    fn equal<T: PartialEq + Serialize>(&mut self, claim: Claim, said: &T, is: &T) {
        let text = |value: &T| serde_json::to_string(value).unwrap_or_default();
        let holds = said == is;
        self.0.push(CheckedClaim {
            claim,
            holds,
            difference: (!holds).then(|| (text(said), text(is))),
        });
    }
}

/// Holds what `value`, a report that reads as `report`, says of a file against `is`.
pub fn verify(value: &Value, report: &Report, is: &Recomputed) -> Verification {
    let mut checks = CheckedClaims::default();
    let said = value["seal"].as_str().unwrap_or_default().to_owned();
    checks.equal(Claim::Seal, &said, &seal(value.clone()));
    let mut variants = report.variants.iter();
    let variant = variants.find(|variant| variant.optimized.sha256 == is.sizes.sha256);
    checks.0.push(CheckedClaim {
        claim: Claim::File,
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
    checks: &mut CheckedClaims,
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
    checks.equal(Claim::Sizes, &variant.optimized, &sizes);
    if let Some(details) = &variant.details {
        let memory = Memory {
            file: details.memory.file.clone(),
            ..is.memory.clone()
        };
        checks.equal(Claim::Memory, &details.memory, &memory);
        for (unoptimized, breakdown, bytes) in [
            (false, Some(&details.optimized), Some(is.sizes.raw_bytes)),
            (
                true,
                details.unoptimized.as_ref(),
                variant.unoptimized.as_ref().map(|sizes| sizes.raw_bytes),
            ),
        ] {
            let Some((breakdown, bytes)) = breakdown.zip(bytes) else {
                continue;
            };
            let sum: u64 = breakdown.parts.iter().map(|part| part.bytes).sum();
            let functions = breakdown.parts.iter().filter(|part| part.function);
            let functions: u64 = functions.map(|part| part.items).sum();
            for (figure, said, is) in [
                (Figure::Sum, sum, bytes),
                (Figure::Total, breakdown.total_bytes, bytes),
                (Figure::Functions, breakdown.functions, functions),
            ] {
                let claim = Claim::Parts {
                    unoptimized,
                    figure,
                };
                checks.equal(claim, &said, &is);
            }
        }
        checks.equal(
            Claim::Functions,
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
    checks.equal(Claim::Limits, &value["verdict"]["budget"][name], &findings);
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
    checks.equal(Claim::Verdict, &value["verdict"]["holds"], &holds.into());
    for provenance in &variant.provenance {
        if provenance.file == variant.optimized.file {
            provenance_checks(checks, report, provenance, is);
        }
    }
}

fn provenance_checks(
    checks: &mut CheckedClaims,
    report: &Report,
    provenance: &Provenance,
    is: &Recomputed,
) {
    let mut before = &provenance.source_sha256;
    for (index, stage) in provenance.stages.iter().enumerate() {
        let place = NumberedStage {
            number: index + 1,
            tool: stage.tool.clone(),
        };
        checks.equal(
            Claim::StageInput(place.clone()),
            &stage.input_sha256,
            before,
        );
        // It is part of Binaryen, as wasm-opt is, and has its version.
        let tool = match stage.tool.as_str() {
            "wasm-metadce" => "wasm-opt",
            tool => tool,
        };
        let version = report.tools.get(tool);
        checks.equal(Claim::StageVersion(place), &Some(&stage.version), &version);
        before = &stage.output_sha256;
    }
    checks.equal(Claim::LastOutput, before, &is.sizes.sha256);
    for (claim, said, is) in [
        (Claim::Sources, &provenance.source_sha256, &is.source_sha256),
        (Claim::Lock, &provenance.lock_sha256, &is.lock_sha256),
    ] {
        if let Some(is) = is {
            checks.equal(claim, said, is);
        }
    }
}
