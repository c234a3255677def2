# This repository's own pipeline: that of nix/lib, and what only the agent has.
{ inputs, system }:
(import ./lib { inherit inputs; }).mkPipeline {
  inherit system;
  src = ../.;
  extend = import ./clawft;
}
