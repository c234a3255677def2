# What other flakes call: one function per file.
{ inputs }:
rec {
  mkPipeline = import ./mkPipeline.nix { inherit inputs; };
  mkFlake = import ./mkFlake.nix { inherit inputs mkPipeline; };
}
