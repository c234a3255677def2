//! A first gauge.toml, with what each part is for.

use std::fmt::Write;

use crate::policy::{Built, Draft, with_margin};
use crate::units::{Percent, grouped};

/// The text of the policy. Its budget is what the binary is, and `margin` of it.
pub fn policy_draft(draft: &Draft, margin: Percent) -> String {
    let Draft {
        package,
        features,
        built,
    } = draft;
    let mut text = format!(
        "# What ships and what must hold for it. docs/policy.md of wasm-gauge has all keys; `wasm-gauge policy` checks this file.\n\n\
         package = \"{package}\"\n"
    );
    let margin_text = f64::from(margin.basis_points()) / 100.0;
    match built {
        Some(Built { size, gzip, .. }) => {
            let _ = write!(
                text,
                "\n# Inclusive, in B, KiB (1,024 B) or MiB. Today it is {} B, {} B through gzip -9; this is {margin_text} % more.\n\
                 [budget]\noptimized = \"{}\"\noptimized-gzip = \"{}\"\n",
                grouped(size.0),
                grouped(gzip.0),
                with_margin(*size, margin),
                with_margin(*gzip, margin),
            );
        }
        None => text.push_str(
            "\n# Limits of what ships, inclusive, in B, KiB (1,024 B) or MiB.\n\
             # [budget]\n# optimized = \"300 KiB\"\n# optimized-gzip = \"120 KiB\"\n",
        ),
    }
    text.push_str(
        "\n# What must not be in it; * stands for anything.\n\
         # [bans]\n# crates = [\"tokio\"]\n# imports = [\"wasi:sockets/*\"]\n\
         \n# Calls that every variant has to answer alike, and as the answer beside a call says, one JSON object a line:\n\
         # {\"call\": \"shout\", \"args\": [\"hey\"], \"answer\": {\"value\": \"HEY\"}}\n\
         # [calls]\n# behaviour = \"tests/calls/*.jsonl\"\n\
         \n# One row is one way to build it.\n[variants.plain]\nsummary = \"as it is\"\n",
    );
    match built.as_ref().map(|built| built.allocator) {
        Some(Some(allocator)) => {
            let _ = writeln!(text, "allocator = \"{allocator}\" # found in the binary");
        }
        _ => text.push_str("# allocator = \"dlmalloc\" # the crate that allocates, to be held\n"),
    }
    let features: Vec<String> = features
        .iter()
        .filter(|feature| *feature != "default")
        .map(|feature| format!("\"{feature}\""))
        .collect();
    if !features.is_empty() {
        let _ = writeln!(text, "# features = [] # of {}", features.join(", "));
    }
    text
}
