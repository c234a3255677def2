//! What was found in how a guest was built.

use super::document::Rows;
use super::{Cell, Document, Show};
use crate::judge::{Lint, LintFinding};
use crate::units::grouped;

impl Show for Lint {
    fn document(&self) -> Document {
        let none = || "none".to_owned();
        let compilation = &self.compilation;
        let facts = [
            ("crate-type", compilation.crate_types.join(", ")),
            (
                "link-time optimisation",
                compilation.lto.clone().unwrap_or_else(none),
            ),
            (
                "opt-level",
                compilation.opt_level.clone().unwrap_or_else(none),
            ),
            ("exports", grouped(self.exports as u64)),
            ("functions with names", grouped(self.named_functions as u64)),
        ];
        let document = Document::default().heading(self.file.clone()).table(
            Rows::of(facts)
                .text("built with", |(fact, _)| Cell::Text((*fact).to_owned()))
                .text("", |(_, value)| Cell::Name(value.clone())),
        );
        let findings = self.findings.iter().map(sentence);
        findings.fold(document, Document::paragraph)
    }
}

fn sentence(finding: &LintFinding) -> String {
    match finding {
        LintFinding::RlibBesideCdylib => "rlib-beside-cdylib: there was no link-time optimisation, because cargo does none for a crate that is a library for Rust too. Write crate-type = [\"cdylib\"], and move what other crates use to a crate of its own.".to_owned(),
        LintFinding::NoLto => "no-lto: there was no link-time optimisation. Write lto = \"fat\" in the profile.".to_owned(),
        LintFinding::NoExports => "no-exports: the module exports nothing, so nothing of the crate is in it. Export something: a world with wit-bindgen's export!, or functions as #[unsafe(no_mangle)] extern \"C\".".to_owned(),
        LintFinding::NoNames => "no-names: no function has a name, so that nothing can be said of what is in the module. Write strip = \"debuginfo\" in the profile: names are taken off what ships, and target features, which wasm-opt reads, stay.".to_owned(),
        LintFinding::NoAllocator { allocator } => format!(
            "no-allocator: no function is of `{allocator}`, which the row names as its allocator. Name the features that choose it, or another allocator."
        ),
    }
}
