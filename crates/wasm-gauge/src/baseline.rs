//! The baseline file (`baseline.json`): what was measured when somebody last agreed to it.
//!
//! It lies next to the policy. A column holds what one set of tools made: other versions make
//! other bytes, so a column is only ever compared with measurements of the very same tools.

use std::collections::BTreeMap;
use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_json::Number;

use crate::measure::{Products, Variants, tool_list};
use crate::policy::{Budget, Policy};
use crate::{Error, Result};

/// A baseline file's contents.
#[derive(Debug, Default, PartialEq, Eq, Deserialize, Serialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Baseline {
    /// One column for each set of tools, sorted by them.
    pub columns: Vec<Column>,
}

/// What one set of tools made.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Column {
    /// Versions of the tools by name: the column's key.
    pub tools: BTreeMap<String, String>,
    /// The budget's limits.
    pub thresholds: Thresholds,
    /// The measurements by variant.
    pub variants: BTreeMap<String, Products>,
    /// The default variant's binary that ships, in KiB.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wasm_size_kb: Option<Number>,
    /// The same through `gzip -9`, in KiB.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wasm_gzip_kb: Option<Number>,
}

/// The limits of the binary that ships.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Thresholds {
    /// Of the binary as it is, in KiB.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wasm_max_size_kb: Option<Number>,
    /// Of the binary through `gzip -9`, in KiB.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wasm_max_gzip_kb: Option<Number>,
}

impl Baseline {
    /// Reads the baseline at `path`; one that does not exist is empty.
    ///
    /// # Errors
    /// [`Error::Policy`] with file, line and column for what cannot be read or is no baseline.
    pub fn load(path: &Path) -> Result<Self> {
        let error = |place: String, reason: String| Error::Policy { place, reason };
        let text = match fs::read_to_string(path) {
            Ok(text) => text,
            Err(absent) if absent.kind() == ErrorKind::NotFound => return Ok(Self::default()),
            Err(other) => return Err(error(path.display().to_string(), other.to_string())),
        };
        let baseline: Baseline = serde_json::from_str(&text).map_err(|wrong| {
            let (line, column) = (wrong.line(), wrong.column());
            let said = wrong.to_string();
            let reason = said.trim_end_matches(&format!(" at line {line} column {column}"));
            error(
                format!("{}:{line}:{column}", path.display()),
                format!("{reason}; `wasm-gauge baseline update` writes this file"),
            )
        })?;
        let keys: Vec<_> = baseline
            .columns
            .iter()
            .map(|column| &column.tools)
            .collect();
        match keys.windows(2).find(|pair| pair[0] >= pair[1]) {
            Some(pair) => Err(error(
                path.display().to_string(),
                format!(
                    "the columns of {} and {} are the same or out of order",
                    tool_list(pair[0]),
                    tool_list(pair[1])
                ),
            )),
            None => Ok(baseline),
        }
    }

    /// The column of exactly these tools.
    pub fn column(&self, tools: &BTreeMap<String, String>) -> Option<&Column> {
        self.columns.iter().find(|column| column.tools == *tools)
    }

    /// Records `measured`: other columns stay, and so do this column's other variants while the
    /// policy has them, and the workloads of variants on which none were run.
    pub fn record(&mut self, measured: &Variants, policy: &Policy) {
        let found = self
            .columns
            .binary_search_by(|column| column.tools.cmp(&measured.tools));
        let mut variants = match found {
            Ok(index) => self.columns.remove(index).variants,
            Err(_) => BTreeMap::new(),
        };
        variants.retain(|name, _| policy.has_variant(name));
        for (name, products) in &measured.products {
            let mut products = products.clone();
            let before = variants.remove(name).and_then(|before| before.workloads);
            products.workloads = products.workloads.or(before);
            variants.insert(name.clone(), products);
        }
        let (Ok(index) | Err(index)) = found;
        let column = Column::new(measured.tools.clone(), variants, policy);
        self.columns.insert(index, column);
    }

    /// The file's text: keys sorted, so that a change shows as the lines that changed.
    pub fn text(&self) -> String {
        // Through a value, whose maps are sorted. Fails for keys that are not text: there are none.
        let value = serde_json::to_value(self).expect("plain data is always valid JSON");
        format!("{value:#}\n")
    }
}

impl Column {
    /// The column of `variants`, with what follows from them and from the policy.
    pub fn new(
        tools: BTreeMap<String, String>,
        variants: BTreeMap<String, Products>,
        policy: &Policy,
    ) -> Self {
        let shipped = policy
            .default_variant
            .as_ref()
            .and_then(|name| variants.get(name.get_ref()))
            .map(|products| &products.optimized);
        Column {
            wasm_size_kb: shipped.map(|sizes| kib(sizes.raw_bytes)),
            wasm_gzip_kb: shipped.map(|sizes| kib(sizes.gzip_bytes)),
            thresholds: Thresholds::of(&policy.budget),
            tools,
            variants,
        }
    }
}

impl Thresholds {
    fn of(budget: &Budget) -> Self {
        Thresholds {
            wasm_max_size_kb: budget.optimized.map(|size| kib(size.0)),
            wasm_max_gzip_kb: budget.optimized_gzip.map(|size| kib(size.0)),
        }
    }
}

/// Bytes in KiB with one decimal, rounded up: what is over a limit never looks as if it held.
fn kib(bytes: u64) -> Number {
    let tenths = (u128::from(bytes) * 10).div_ceil(1024);
    match u64::try_from(tenths / 10) {
        Ok(whole) if tenths.is_multiple_of(10) => whole.into(),
        // No file is so large that a double would not hold it.
        _ => Number::from_f64(tenths as f64 / 10.0).expect("it is finite"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kib_are_rounded_up_to_one_decimal() {
        for (bytes, text) in [
            (0, "0"),
            (1, "0.1"),
            (307_200, "300"),
            (307_201, "300.1"),
            (116_119, "113.4"),
            (u64::MAX, "18014398509481984"),
        ] {
            assert_eq!(kib(bytes).to_string(), text);
        }
    }
}
