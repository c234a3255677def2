# rust-toolchain.toml -> the toolchain, the same that rustup takes from it.
{
  inputs,
  pkgs,
  root,
}:
(inputs.rust-overlay.lib.mkRustBin { } pkgs).fromRustupToolchainFile (
  root + "/rust-toolchain.toml"
)
