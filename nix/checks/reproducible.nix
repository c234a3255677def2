# The default variant built again, from scratch, on one core and at another path, is the same to the byte.
{
  pkgs,
  guest,
  optimize,
  products,
}:
let
  inherit (products) library default;
  component = optimize.components {
    name = "again";
    inherit library;
    modules = optimize.modules {
      name = "again-modules";
      inherit library;
      core = guest.core {
        inherit (default) variant;
        target = "wasm32-wasip2";
        overrides = {
          pnameSuffix = "-again";
          cargoArtifacts = null;
          CARGO_BUILD_JOBS = "1";
          postUnpack = "mv $sourceRoot elsewhere; sourceRoot=elsewhere";
        };
      };
    };
  };
in
pkgs.runCommand "reproducible" { } ''
  for file in ${default.component}/*.wasm; do
    cmp $file ${component}/$(basename $file)
    sha256sum $file
  done | tee $out
''
