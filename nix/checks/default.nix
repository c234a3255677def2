# All checks: of the workspace, of each variant, and of the pipeline itself.
{
  lib,
  call,
  products,
  bench,
}:
let
  perVariant =
    family: file:
    let
      check = call file { };
    in
    lib.mapAttrs' (name: product: lib.nameValuePair "${family}-${name}" (check product)) products.variants;
in
call ./rust.nix { }
// perVariant "size" ./size.nix
// perVariant "bans" ./bans.nix
// perVariant "valid" ./valid.nix
// perVariant "twin" ./twin.nix
// perVariant "allocator" ./allocator.nix
// perVariant "tracing" ./tracing.nix
// perVariant "behaviour" ./behaviour.nix
// perVariant "stress" ./stress.nix
// {
  bench = bench.figures;
  baseline = call ./baseline.nix {
    name = "baseline";
    inherit (bench) figures;
  };
  reproducible = call ./reproducible.nix { };
  rustc-wrapper = call ./rustc-wrapper.nix { };
  malloc-symbols = call ./malloc-symbols.nix { };
  std-lock = call ./std-lock.nix { };
  docs = call ./docs.nix { };
}
