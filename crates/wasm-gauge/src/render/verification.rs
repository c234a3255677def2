//! A report's word against what was computed again.

use super::document::Rows;
use super::{Cell, Document, Show};
use crate::judge::{Claim, Figure, NumberedStage, Verification};

impl Show for Verification {
    fn document(&self) -> Document {
        let document = Document::default()
            .heading(match &self.variant {
                Some(variant) => format!("{}, as {variant}", self.file),
                None => self.file.clone(),
            })
            .table(
                Rows::of(&self.checks)
                    .text("what the report says", |check| {
                        Cell::Text(said(&check.claim))
                    })
                    .text("verdict", |check| Cell::Verdict(check.holds)),
            );
        let different = self.checks.iter().filter_map(|check| {
            let (report, is) = check.difference.as_ref()?;
            let claim = said(&check.claim);
            Some(format!(
                "FAILS: {claim}: the report says {report}, and it is {is}"
            ))
        });
        different.fold(document, Document::paragraph)
    }
}

/// What a claim is about, in words.
fn said(claim: &Claim) -> String {
    let stage = |NumberedStage { number, tool }: &NumberedStage| format!("stage {number}, {tool}");
    match claim {
        Claim::Seal => "the seal over the report".to_owned(),
        Claim::File => "the file is one of the report's".to_owned(),
        Claim::Sizes => "sizes".to_owned(),
        Claim::Memory => "layout of memory".to_owned(),
        Claim::Parts {
            unoptimized,
            figure,
        } => {
            let when = if *unoptimized { " before wasm-opt" } else { "" };
            let figure = match figure {
                Figure::Sum => "their sum",
                Figure::Total => "all bytes",
                Figure::Functions => "functions",
            };
            format!("parts{when}: {figure}")
        }
        Claim::Functions => "functions".to_owned(),
        Claim::Limits => "limits".to_owned(),
        Claim::Verdict => "verdict".to_owned(),
        Claim::StageInput(at) => format!("{}: takes what was made before", stage(at)),
        Claim::StageVersion(at) => format!("{}: version", stage(at)),
        Claim::LastOutput => "what the last stage made".to_owned(),
        Claim::Sources => "sources".to_owned(),
        Claim::Lock => "Cargo.lock".to_owned(),
    }
}
