//! How rustc compiled a crate, as its arguments say.

use serde::Serialize;

/// What rustc was told.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Compilation {
    /// What kinds of file it made: `cdylib`, `rlib`, `bin`.
    pub crate_types: Vec<String>,
    /// Which link-time optimisation it did, `fat` or `thin`; none where it did none.
    pub lto: Option<String>,
    /// How it optimised: `0` to `3`, `s` or `z`; none where it was not told.
    pub opt_level: Option<String>,
}

impl Compilation {
    /// Reads the arguments of rustc, one a line.
    pub fn of(arguments: &str) -> Self {
        let mut compilation = Compilation::default();
        let mut lines = arguments.lines();
        while let Some(argument) = lines.next() {
            if argument == "--crate-type" {
                compilation.add_crate_types(lines.next().unwrap_or_default());
            } else if let Some(types) = argument.strip_prefix("--crate-type=") {
                compilation.add_crate_types(types);
            } else if argument == "-C" || argument == "--codegen" {
                compilation.codegen(lines.next().unwrap_or_default());
            } else if let Some(option) = argument
                .strip_prefix("-C")
                .or_else(|| argument.strip_prefix("--codegen="))
            {
                compilation.codegen(option);
            }
        }
        compilation
    }

    fn add_crate_types(&mut self, types: &str) {
        self.crate_types.extend(types.split(',').map(str::to_owned));
    }

    /// An option that comes later holds. Those of `lto` are in rustc's `-C help`: without a value it is fat.
    fn codegen(&mut self, option: &str) {
        let (name, value) = option.split_once('=').unwrap_or((option, ""));
        match (name, value) {
            ("lto", "" | "y" | "yes" | "on" | "true" | "fat") => self.lto = Some("fat".to_owned()),
            ("lto", "thin") => self.lto = Some("thin".to_owned()),
            ("lto", _) => self.lto = None,
            ("opt-level", level) => self.opt_level = Some(level.to_owned()),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_are_read_in_all_their_forms() {
        let strings = |texts: &[&str]| {
            texts
                .iter()
                .map(|text| (*text).to_owned())
                .collect::<Vec<_>>()
        };
        for (arguments, crate_types, lto, opt_level) in [
            ("", &[][..], None, None),
            (
                "--crate-type\ncdylib\n-C\nlto\n-C\nopt-level=z\n",
                &["cdylib"],
                Some("fat"),
                Some("z"),
            ),
            (
                "--crate-type=cdylib,rlib\n-Clto=thin\n-Copt-level=3",
                &["cdylib", "rlib"],
                Some("thin"),
                Some("3"),
            ),
            ("-C\nlto=fat\n-C\nlto=no\n", &[], None, None),
            (
                "--codegen=lto=yes\n--crate-type\nbin\n--crate-type\n",
                &["bin", ""],
                Some("fat"),
                None,
            ),
        ] {
            let expected = Compilation {
                crate_types: strings(crate_types),
                lto: lto.map(str::to_owned),
                opt_level: opt_level.map(str::to_owned),
            };
            assert_eq!(Compilation::of(arguments), expected, "{arguments}");
        }
    }
}
