//! A report's word against what was computed again.

use super::{Cell, Document, Show};
use crate::judge::Verification;

impl Show for Verification {
    fn document(&self) -> Document {
        let rows = self
            .checks
            .iter()
            .map(|check| vec![Cell::Text(check.what.clone()), Cell::Verdict(check.holds)]);
        let document = Document::default()
            .heading(match &self.variant {
                Some(variant) => format!("{}, as {variant}", self.file),
                None => self.file.clone(),
            })
            .table(&["what the report says", "verdict"], rows.collect());
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
