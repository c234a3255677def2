//! Whether custom sections arrived in what ships.

use serde::Serialize;

use crate::binary::Binary;
use crate::measure::CustomSections;
use crate::policy::SectionsRule;

/// The custom sections that a policy keeps, in one file.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct Kept {
    /// The file's name without its folders.
    pub file: String,
    /// Whether all of them arrived.
    pub holds: bool,
    /// All of them, as the policy lists them.
    pub sections: Vec<KeptSection>,
}

/// One of them.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct KeptSection {
    /// Its name.
    pub name: String,
    /// What the compiler and the linker made; none where they made no such section.
    pub built: Option<CustomSections>,
    /// What the file has; none where it has no such section.
    pub arrived: Option<CustomSections>,
    /// What became of it.
    pub outcome: KeptOutcome,
}

/// What became of a section.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum KeptOutcome {
    /// It arrived, byte for byte.
    Arrived,
    /// The compiler and the linker made none.
    NotBuilt,
    /// It is gone.
    Lost,
    /// It is another one.
    Differs,
}

impl Kept {
    /// Holds the file `binary`, to be called `file`, against `built`, the core module that it was made of.
    pub fn of(file: &str, built: &Binary, binary: &Binary, rule: &SectionsRule) -> Self {
        let names = rule.keep.iter().map(|name| name.get_ref());
        let sections: Vec<_> = names
            .map(|name| {
                let built = CustomSections::of(built, name);
                let arrived = CustomSections::of(binary, name);
                KeptSection {
                    name: name.clone(),
                    outcome: match (&built, &arrived) {
                        (None, _) => KeptOutcome::NotBuilt,
                        (_, None) => KeptOutcome::Lost,
                        (built, arrived) if built == arrived => KeptOutcome::Arrived,
                        _ => KeptOutcome::Differs,
                    },
                    built,
                    arrived,
                }
            })
            .collect();
        let arrived = |section: &KeptSection| section.outcome == KeptOutcome::Arrived;
        Kept {
            file: file.to_owned(),
            holds: sections.iter().all(arrived),
            sections,
        }
    }
}
