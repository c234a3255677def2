# What other flakes call: one function per file.
{ inputs }:
{
  mkPipeline = import ./mkPipeline.nix { inherit inputs; };
}
