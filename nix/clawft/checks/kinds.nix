# The pipeline is for more than this repository's guest: for a command, for a plugin whose host takes core modules, and for
# one of a workspace with a library and a file beside its crates. Everything holds for each of them that its policy asks for.
{
  lib,
  call,
  system,
  inputs,
}:
let
  inherit (import ../../lib { inherit inputs; }) mkPipeline;
in
call ./pipelines.nix { } "kinds" (
  lib.genAttrs [ "command" "contract" "workspace" ] (
    kind:
    mkPipeline {
      inherit system;
      src = ./kinds + "/${kind}";
    }
  )
)
