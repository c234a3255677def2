//! What wasm-gauge does with whole files. One test program, because linking each takes as long as running it.

#[path = "../support/mod.rs"]
mod support;

mod bans;
mod baseline;
mod bench;
mod cli;
mod comment;
mod costs;
mod diff;
mod fuzz;
mod guests;
mod hostile_names;
mod init;
mod kept;
mod layers;
mod listings;
mod mangling;
mod memory;
mod native;
mod opt;
mod oracles;
mod outputs;
mod paths;
mod process;
mod profile;
mod proposals;
mod report;
mod reported;
mod same;
mod sbom;
mod schema;
mod sections;
mod size;
mod values;
mod verify;
