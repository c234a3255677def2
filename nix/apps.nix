# What `nix run` starts.
{ lib, wasm-gauge }:
rec {
  gauge = {
    type = "app";
    program = lib.getExe wasm-gauge;
    meta = { inherit (wasm-gauge.meta) description; };
  };
  default = gauge;
}
