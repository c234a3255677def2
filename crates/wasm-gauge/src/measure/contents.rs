//! What a binary consists of, in as few lines as a record needs to say what grew.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{ItemKind, Profile};

/// Bytes by crate and by function of a binary with names.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Contents {
    /// By crate or library; what is not code by what it is, without custom sections: a binary and
    /// its named twin differ in those.
    pub crates: BTreeMap<String, u64>,
    /// By normalised path, those of one path together: of at least [`Contents::LEAST_BYTES`].
    pub functions: BTreeMap<String, u64>,
}

impl Contents {
    /// Functions of fewer bytes are not listed, so that people can review a record.
    pub const LEAST_BYTES: u64 = 512;

    /// What `profile` says, or `None` when none of its functions has a name.
    pub fn of(profile: Profile) -> Option<Self> {
        if profile.unnamed_functions == profile.functions {
            return None;
        }
        let shares = profile.crates.into_iter();
        let mut functions = BTreeMap::new();
        for item in profile.items {
            if item.kind == ItemKind::Function {
                *functions.entry(item.name).or_default() += item.bytes;
            }
        }
        functions.retain(|_, bytes| *bytes >= Self::LEAST_BYTES);
        Some(Contents {
            crates: shares
                .filter(|share| share.name != ItemKind::CustomSection.all())
                .map(|share| (share.name, share.bytes))
                .collect(),
            functions,
        })
    }
}
