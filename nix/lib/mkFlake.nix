# The outputs of a flake for one crate, on all systems.
#   outputs = { pipeline, ... }: pipeline.lib.mkFlake { src = ./.; };
# What it takes is what mkPipeline takes, but the system.
{ inputs, mkPipeline }:
args:
let
  inherit (inputs.nixpkgs) lib;
  systems = lib.filter (system: inputs.nixpkgs.legacyPackages ? ${system}) [
    "x86_64-linux"
    "aarch64-linux"
    "aarch64-darwin"
  ];
  pipelines = lib.genAttrs systems (system: mkPipeline (args // { inherit system; }));
  each = output: lib.mapAttrs (_: pipeline: pipeline.${output}) pipelines;
in
{
  packages = each "packages";
  checks = each "checks";
  # so that one check is `nix build .#NAME` on every system
  legacyPackages = each "checks";
  apps = each "apps";
  devShells = each "devShells";
  # for Hydra, and for whatever else evaluates a flake to build all of it
  hydraJobs = {
    packages = each "packages";
    checks = each "checks";
  };
}
