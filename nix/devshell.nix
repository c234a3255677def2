# Everything to work by hand, at the versions that the builds use.
{
  pkgs,
  toolchain,
}:
pkgs.mkShell {
  packages = [
    toolchain
    pkgs.binaryen
    pkgs.git
    pkgs.jq
    pkgs.lld
    pkgs.wabt
    pkgs.wasm-tools
  ];
  CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER = "wasm-ld";
  CARGO_TARGET_WASM32_WASIP1_LINKER = "wasm-ld";
  CARGO_TARGET_WASM32_WASIP2_LINKER = "wasm-ld";
}
