# This repository's workspace, for the crates of it that every pipeline has: the tool, and the allocator of guests.
{
  lib,
  call,
}:
let
  root = ../../.;
  kept = [
    ".cargo"
    "Cargo.lock"
    "Cargo.toml"
    "crates"
  ];
in
call ./workspace.nix {
  inherit root;
  ignore =
    lib.subtractLists kept (builtins.attrNames (builtins.readDir root))
    ++ map (crate: "crates/${crate}/tests") (builtins.attrNames (builtins.readDir (root + "/crates")))
    ++ [ "crates/wasm-gauge/fuzz" ];
}
