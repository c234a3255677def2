//! The baseline file (`baseline.json`): what was measured when somebody last agreed to it.
//!
//! It lies next to the policy. A column holds what the tools of one backend made: other versions make
//! other bytes, so a column is only ever compared with measurements of the very same tools.

use std::collections::BTreeMap;
use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_json::Number;
use toml::Spanned;

use super::Missing;
use super::costs::Costs;
use super::measurements::{Products, Variants};
use super::native::{Builds, NativeColumn, NativeReport};
use super::tools::{of_backend, tool_list};
use crate::engine::Compiler;
use crate::measure::startup::Start;
use crate::policy::{Budget, NativeRule, Policy};
use crate::{Error, Result, file};

/// A baseline file's contents.
#[derive(Debug, Default, PartialEq, Deserialize, Serialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Baseline {
    /// One column for each backend, sorted by its name.
    pub columns: Vec<BaselineColumn>,
}

/// What the tools of one backend made.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BaselineColumn {
    /// Where the tools come from, if that was said: the column's key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub backend: Option<String>,
    /// Versions of the tools by name.
    pub tools: BTreeMap<String, String>,
    /// The budget's limits.
    pub thresholds: Thresholds,
    /// The measurements by variant.
    pub variants: BTreeMap<String, Products>,
    /// What variants cost on one machine, if that is recorded. It is never judged.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub costs: Option<Costs>,
    /// Native programs, if some are recorded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub native: Option<NativeColumn>,
    /// The default variant's binary that ships, in KiB.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wasm_size_kb: Option<Number>,
    /// The same through `gzip -9`, in KiB.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wasm_gzip_kb: Option<Number>,
    /// The default variant's median of recorded cold starts, from the bytes of the binary through Cranelift to
    /// the first answer, in ms.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wasm_instantiation_ms: Option<Number>,
    /// The native program that ships, in KiB.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub native_size_kb: Option<Number>,
}

/// The limits of what ships.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Thresholds {
    /// Of the binary as it is, in KiB.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wasm_max_size_kb: Option<Number>,
    /// Of the binary through `gzip -9`, in KiB.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wasm_max_gzip_kb: Option<Number>,
    /// Of each native program, in KiB.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub native_max_size_kb: Option<Number>,
    /// What 99 % of the native program's starts should not exceed, in ms: a goal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub startup_max_p99_ms: Option<Number>,
}

impl Baseline {
    /// Reads the baseline at `path`; one that does not exist is empty.
    ///
    /// # Errors
    /// [`Error::Policy`] with file, line and column for what cannot be read or is no baseline.
    pub fn load(path: &Path) -> Result<Self> {
        let text = match fs::read_to_string(path) {
            Ok(text) => text,
            Err(absent) if absent.kind() == ErrorKind::NotFound => return Ok(Self::default()),
            Err(other) => return Err(Error::policy(path, other)),
        };
        let baseline: Baseline =
            file::parse(path, &text, "a baseline of `wasm-gauge baseline update`")
                .map_err(Error::Policy)?;
        let mut pairs = baseline.columns.windows(2);
        match pairs.find(|pair| pair[0].backend >= pair[1].backend) {
            Some(pair) => {
                let reason = format!(
                    "the columns{} and{} are of one backend or out of order",
                    of_backend(pair[0].backend.as_deref()),
                    of_backend(pair[1].backend.as_deref()),
                );
                Err(Error::policy(path, reason))
            }
            None => Ok(baseline),
        }
    }

    /// The column of this backend.
    pub fn column(&self, backend: Option<&str>) -> Option<&BaselineColumn> {
        let mut columns = self.columns.iter();
        columns.find(|column| column.backend.as_deref() == backend)
    }

    /// Takes over what was `measured`: other columns stay, and the costs. So do this column's
    /// other variants while the policy has them, and the workloads of variants on which none were run, if the
    /// same tools made them. Native programs stay where there is no `native`.
    pub fn update(&mut self, measured: &Variants, native: Option<&NativeReport>, policy: &Policy) {
        let found = self
            .columns
            .binary_search_by(|column| column.backend.cmp(&measured.backend));
        let (variants, mut costs, mut programs) = match found {
            Ok(index) => {
                let column = self.columns.remove(index);
                let same = column.tools == measured.tools;
                (same.then_some(column.variants), column.costs, column.native)
            }
            Err(_) => (None, None, None),
        };
        let mut variants = variants.unwrap_or_default();
        variants.retain(|name, _| policy.has_variant(name));
        if let Some(costs) = &mut costs {
            costs.variants.retain(|name, _| policy.has_variant(name));
        }
        for (name, products) in &measured.products {
            let mut products = products.clone();
            let before = variants.remove(name);
            if let (None, Some(before)) = (&products.workloads, before) {
                products.workload_build = before.workload_build;
                products.workloads = before.workloads;
            }
            variants.insert(name.clone(), products);
        }
        if let Some(report) = native {
            programs.get_or_insert_default().update(report);
        }
        let (Ok(index) | Err(index)) = found;
        let column = BaselineColumn::new(measured, variants, costs, programs, policy);
        self.columns.insert(index, column);
    }

    /// Adds `costs` to the column of `measured`, in place of those that were there.
    ///
    /// # Errors
    /// [`Missing`] where there is no column of these tools, or a variant of `measured` is not in it with the same binary.
    pub fn add_costs(
        &mut self,
        costs: Costs,
        measured: &Variants,
        policy: &Policy,
    ) -> Result<(), Missing> {
        let mut columns = self.columns.iter_mut();
        let column = columns.find(|column| {
            (&column.backend, &column.tools) == (&measured.backend, &measured.tools)
        });
        let Some(column) = column else {
            return Err(Missing::Column {
                tools: tool_list(&measured.tools),
                backend: measured.backend.clone(),
            });
        };
        let other = measured.products.iter().find(|(name, products)| {
            let before = column.variants.get(*name);
            before.is_none_or(|before| before.optimized.sha256 != products.optimized.sha256)
        });
        if let Some((name, _)) = other {
            return Err(Missing::Same(name.clone()));
        }
        let (variants, native) = (column.variants.clone(), column.native.clone());
        *column = BaselineColumn::new(measured, variants, Some(costs), native, policy);
        Ok(())
    }

    /// Adds what running native programs came to, and how long builds take, to the column of `backend`, in place of those that
    /// were there.
    ///
    /// # Errors
    /// [`Missing`] where they belong to nothing that is recorded.
    pub fn add_native_costs(
        &mut self,
        backend: Option<&str>,
        report: Option<NativeReport>,
        builds: Option<Builds>,
    ) -> Result<(), Missing> {
        let mut columns = self.columns.iter_mut();
        let column = columns.find(|column| column.backend.as_deref() == backend);
        let native = column.and_then(|column| column.native.as_mut());
        let native = native.ok_or_else(|| Missing::Programs {
            backend: backend.map(str::to_owned),
        })?;
        if let Some(report) = report {
            native.add_costs(report)?;
        }
        if builds.is_some() {
            native.builds = builds;
        }
        Ok(())
    }

    /// The file's text: keys sorted, so that a change shows as the lines that changed.
    pub fn text(&self) -> String {
        // Through a value, whose maps are sorted. Fails for keys that are not text: there are none.
        let value = serde_json::to_value(self).expect("plain data is always valid JSON");
        format!("{value:#}\n")
    }
}

impl BaselineColumn {
    /// The column of `variants`, made by the tools of `measured`, with what follows from them and from the policy.
    pub fn new(
        measured: &Variants,
        variants: BTreeMap<String, Products>,
        costs: Option<Costs>,
        native: Option<NativeColumn>,
        policy: &Policy,
    ) -> Self {
        let default = policy.default_variant.as_ref().map(Spanned::get_ref);
        let shipped = default
            .and_then(|name| variants.get(name))
            .map(|products| &products.optimized);
        let cold = (costs.as_ref().zip(default))
            .and_then(|(costs, name)| costs.variants.get(name)?.startup.as_ref())
            .and_then(|startup| startup.way(Compiler::Cranelift, Start::Cold))
            .map(|cold| milliseconds(cold.p50_ns));
        let program = native
            .as_ref()
            .zip(policy.native.default_program.as_ref())
            .and_then(|(native, name)| native.programs.get(name));
        BaselineColumn {
            native_size_kb: program.map(|sizes| kib(sizes.bytes)),
            wasm_instantiation_ms: cold,
            wasm_size_kb: shipped.map(|sizes| kib(sizes.raw_bytes)),
            wasm_gzip_kb: shipped.map(|sizes| kib(sizes.gzip_bytes)),
            thresholds: Thresholds::of(&policy.budget, &policy.native),
            backend: measured.backend.clone(),
            tools: measured.tools.clone(),
            variants,
            costs,
            native,
        }
    }
}

impl Thresholds {
    fn of(budget: &Budget, native: &NativeRule) -> Self {
        Thresholds {
            wasm_max_size_kb: budget.optimized.map(|size| kib(size.0)),
            wasm_max_gzip_kb: budget.optimized_gzip.map(|size| kib(size.0)),
            native_max_size_kb: native.max_size.map(|size| kib(size.0)),
            startup_max_p99_ms: native.goal_start_p99_ms.map(Number::from),
        }
    }
}

/// Bytes in KiB with one decimal, rounded up: what is over a limit never looks as if it held.
fn kib(bytes: u64) -> Number {
    tenths((u128::from(bytes) * 10).div_ceil(1024))
}

/// Nanoseconds in ms with one decimal, rounded up.
fn milliseconds(ns: u64) -> Number {
    tenths(u128::from(ns.div_ceil(100_000)))
}

/// A number of tenths: whole where it is.
fn tenths(tenths: u128) -> Number {
    match u64::try_from(tenths / 10) {
        Ok(whole) if tenths.is_multiple_of(10) => whole.into(),
        // No file is so large, and no time so long, that a double would not hold it.
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
