# The default variant, and the first with a rebuilt std, built again from scratch, on one core and at another path, are
# the same to the byte.
{
  lib,
  pkgs,
  guest,
  optimize,
  products,
}:
let
  inherit (products) library;
  again =
    { variant, component, ... }:
    {
      first = component;
      second = optimize.components {
        name = "again-${variant.name}";
        inherit library;
        modules = optimize.modules {
          name = "again-${variant.name}-modules";
          inherit library;
          core = guest.core {
            inherit variant;
            inherit (variant) target;
            overrides = {
              pnameSuffix = "-${variant.name}-again";
              cargoArtifacts = null;
              CARGO_BUILD_JOBS = "1";
              postUnpack = "mv $sourceRoot elsewhere; sourceRoot=elsewhere";
            };
          };
        };
      };
    };
  rebuilt = lib.filter (product: product.variant.std == "rebuilt") (builtins.attrValues products.variants);
in
pkgs.runCommand "reproducible" { } (
  lib.concatMapStrings (
    product:
    let
      inherit (again product) first second;
    in
    ''
      for file in ${first}/*.wasm; do
        cmp $file ${second}/$(basename $file)
        sha256sum $file
      done | tee -a $out
    ''
  ) ([ products.default ] ++ lib.optional (rebuilt != [ ]) (builtins.head rebuilt))
)
