# The pipeline as a module of flake-parts: `imports = [ pipeline.flakeModules.default ]; pipeline.src = ./.;`.
{ mkPipeline }:
{ lib, config, ... }:
{
  options.pipeline = lib.mkOption {
    type = lib.types.lazyAttrsOf lib.types.raw;
    description = "What mkPipeline takes, but the system: src, policy, ignore, craneArgs, extend.";
  };
  config.perSystem =
    { system, ... }:
    {
      inherit (mkPipeline (config.pipeline // { inherit system; }))
        packages
        checks
        apps
        devShells
        ;
    };
}
