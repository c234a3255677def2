# The default variant built again, its dependencies too, on one core and at another path, is the same to the byte.
{
  pkgs,
  guest,
  optimize,
  products,
}:
let
  inherit (products) library default;
  elsewhere = {
    CARGO_BUILD_JOBS = "1";
    postUnpack = "mv $sourceRoot elsewhere; sourceRoot=elsewhere";
  };
  component = optimize.components {
    name = "again";
    files = [ "${library}.opt.wasm" ];
    from = optimize.modules {
      name = "again-modules";
      inherit library;
      core = guest.core {
        inherit (default) variant;
        target = "wasm32-wasip2";
        overrides = elsewhere // {
          pnameSuffix = "-again";
          cargoArtifacts = guest.dependencies default.variant (elsewhere // { pnameSuffix = "-deps-again"; });
        };
      };
    };
  };
in
pkgs.runCommand "reproducible" { } ''
  cmp ${default.component}/${library}.opt.wasm ${component}/${library}.opt.wasm
  sha256sum ${component}/${library}.opt.wasm | tee $out
''
