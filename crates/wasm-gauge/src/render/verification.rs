//! A report's word against what was computed again.

use super::document::Rows;
use super::{Cell, Document, Show};
use crate::judge::Verification;

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
                        Cell::Text(check.what.clone())
                    })
                    .text("verdict", |check| Cell::Verdict(check.holds)),
            );
        let different = self.checks.iter().filter_map(|check| {
            let (said, is) = check.difference.as_ref()?;
            Some(format!(
                "FAILS: {}: the report says {said}, and it is {is}",
                check.what
            ))
        });
        different.fold(document, Document::paragraph)
    }
}
