//! Custom sections that have to arrive in what ships.

use serde::Deserialize;
use toml::Spanned;

use super::Policy;
use super::file::TomlFile;
use crate::Result;

/// What no section can be kept as: on the way to what ships it is written anew, or taken off.
const NOT_KEPT: [&str; 3] = ["name", "producers", "target_features"];

/// Custom sections of what cargo builds that what ships has too. All others are taken off a component.
#[derive(Clone, Debug, Default, Deserialize, schemars::JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct SectionsRule {
    /// Their names: of an embedded bill of materials, of what a contract's host reads. They may hold letters, digits and `._-:/`.
    #[schemars(with = "Vec<String>")]
    pub keep: Vec<Spanned<String>>,
}

impl Policy {
    /// Whether each section can be kept.
    pub(super) fn check_sections(&self, file: &TomlFile) -> Result<()> {
        for name in &self.sections.keep {
            let text = name.get_ref();
            let fits = |c: char| c.is_ascii_alphanumeric() || "._-:/".contains(c);
            let reason = if NOT_KEPT.contains(&text.as_str()) {
                format!(
                    "the section `{text}` cannot be kept: wasm-opt and wasm-tools write it anew or take it off"
                )
            } else if text.is_empty() || !text.chars().all(fits) {
                format!(
                    "a section that is kept cannot be called `{text}`: its name is of letters, digits and ._-:/"
                )
            } else {
                continue;
            };
            return Err(file.error(Some(name.span()), &reason));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use crate::policy::tests::load;

    #[test]
    fn what_cannot_be_kept_is_named_with_its_place() {
        for (name, expected) in [
            (".dep-v0", None),
            ("component-type:a/b", None),
            (
                "name",
                Some(
                    "gauge.toml:2:14: the section `name` cannot be kept: wasm-opt and wasm-tools write it anew or take it off",
                ),
            ),
            (
                "a b",
                Some(
                    "gauge.toml:2:14: a section that is kept cannot be called `a b`: its name is of letters, digits and ._-:/",
                ),
            ),
            (
                "",
                Some(
                    "gauge.toml:2:14: a section that is kept cannot be called ``: its name is of letters, digits and ._-:/",
                ),
            ),
        ] {
            let text = format!("[sections]\nkeep = [\"x\", \"{name}\"]\n");
            let error = load(&text, None).err();
            assert_eq!(error.as_deref(), expected, "{name}");
        }
    }
}
