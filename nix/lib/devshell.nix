# Everything to work by hand, at the versions that the builds use, and what the documents name besides.
{
  pkgs,
  lib,
  toolchain,
  provided,
}:
pkgs.mkShell {
  packages = [
    toolchain
    pkgs.binaryen
    pkgs.git
    pkgs.jq
    pkgs.lld
    pkgs.nixfmt
    pkgs.shellcheck
    pkgs.twiggy
    pkgs.wabt
    pkgs.wasm-tools
    # the runner in .cargo/config.toml
    pkgs.wasmtime
  ]
  # what `record` counts instructions with
  ++ lib.optional pkgs.stdenv.hostPlatform.isLinux pkgs.valgrind;
  CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER = "wasm-ld";
  CARGO_TARGET_WASM32_WASIP1_LINKER = "wasm-ld";
  CARGO_TARGET_WASM32_WASIP2_LINKER = "wasm-ld";
  shellHook = lib.optionalString (provided.flags != "") ''
    # with what this workspace is provided with
    cargo() { command cargo${provided.flags} "$@"; }
    export -f cargo
  '';
}
