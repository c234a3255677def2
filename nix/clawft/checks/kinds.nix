# The pipeline is for more than this repository's guest: for a command, for a plugin whose host takes core modules, and for one of a
# workspace with a library and a file beside its crates. Everything holds for each of them that its policy
# asks for.
{
  lib,
  pkgs,
  system,
  inputs,
}:
let
  inherit (import ../../lib { inherit inputs; }) mkPipeline;
  kinds = lib.genAttrs [ "command" "contract" "workspace" ] (
    kind:
    mkPipeline {
      inherit system;
      src = ./kinds + "/${kind}";
    }
  );
in
pkgs.runCommand "kinds" { } (
  lib.concatStrings (
    lib.mapAttrsToList (kind: pipeline: ''
      for check in ${toString (builtins.attrValues pipeline.checks)}; do
        if [ -f $check ]; then cat $check; fi
      done
      echo "${kind}: ${toString (builtins.attrNames pipeline.checks)} hold: $(ls -x ${pipeline.packages.default})" | tee -a $out
    '') kinds
  )
)
