//! Whether two binaries are the same code.

use serde::Serialize;

use crate::measure::{OtherUnits, SectionPair};

/// Two binaries, section by section.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct Sameness {
    /// The first file's name without its folders.
    pub first: String,
    /// The second file's name without its folders.
    pub second: String,
    /// Whether they are the same code.
    pub holds: bool,
    /// Whether they are the same file, byte for byte.
    pub identical: bool,
    /// The core modules and components of both, where these are not the same: then no sections are compared.
    pub other_units: Option<OtherUnits>,
    /// All sections.
    pub sections: Vec<ComparedSection>,
}

/// One section, and what it means.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct ComparedSection {
    /// The section of both.
    #[serde(flatten)]
    pub pair: SectionPair,
    /// What it means.
    pub outcome: SameOutcome,
}

/// What a section of two binaries means for whether they are the same code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SameOutcome {
    /// It is the same.
    Same,
    /// It is another one, and is metadata, which no engine runs.
    Metadata,
    /// It is another one, and was to be passed over.
    Ignored,
    /// It is another one.
    Differs,
}

impl Sameness {
    /// Judges the sections of two files; those named in `ignored` are passed over.
    pub fn of(
        (first, second): (String, String),
        identical: bool,
        pairs: Result<Vec<SectionPair>, OtherUnits>,
        ignored: &[String],
    ) -> Self {
        let (pairs, other_units) = match pairs {
            Ok(pairs) => (pairs, None),
            Err(other) => (Vec::new(), Some(other)),
        };
        let sections: Vec<_> = pairs
            .into_iter()
            .map(|pair| {
                let absent = pair.first_bytes.is_none() != pair.second_bytes.is_none();
                let outcome = if pair.differs_at.is_none() && !absent {
                    SameOutcome::Same
                } else if ignored.contains(&pair.section) {
                    SameOutcome::Ignored
                } else if pair.custom {
                    SameOutcome::Metadata
                } else {
                    SameOutcome::Differs
                };
                ComparedSection { pair, outcome }
            })
            .collect();
        let differs = sections
            .iter()
            .any(|section| section.outcome == SameOutcome::Differs);
        Sameness {
            first,
            second,
            holds: other_units.is_none() && !differs,
            identical,
            other_units,
            sections,
        }
    }
}
