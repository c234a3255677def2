# The toolchain of this repository's rust-toolchain.toml, the same that rustup takes from it.
{
  inputs,
  pkgs,
}:
(inputs.rust-overlay.lib.mkRustBin { } pkgs).fromRustupToolchainFile ../../rust-toolchain.toml
