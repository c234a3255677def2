# rust-toolchain.toml -> the toolchain, the same that rustup takes from it.
{
  pkgs,
  rust-overlay,
  file,
}:
(rust-overlay.lib.mkRustBin { } pkgs).fromRustupToolchainFile file
