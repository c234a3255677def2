# The template is a project of its own that builds, and for which everything holds that its policy asks for.
{
  pkgs,
  system,
  inputs,
}:
let
  clawft.lib = import ../../lib { inherit inputs; };
  template = ../../../templates/component;
  # as `nix` calls it
  outputs = (import (template + "/flake.nix")).outputs { inherit clawft; };
  flake = {
    packages = outputs.packages.${system};
    checks = outputs.checks.${system};
  };
in
pkgs.runCommand "template" { } ''
  for check in ${toString (builtins.attrValues flake.checks)}; do
    if [ -f $check ]; then cat $check; fi
  done
  ls ${flake.packages.default} ${flake.packages.wasm-talc}
  echo "${toString (builtins.length (builtins.attrNames flake.checks))} checks of the template hold: ${toString (builtins.attrNames flake.checks)}" | tee $out
''
