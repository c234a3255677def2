# The template is a project of its own that builds, and for which everything holds that its policy asks for.
{
  call,
  system,
  inputs,
}:
let
  clawft.lib = import ../../lib { inherit inputs; };
  # as `nix` calls it
  outputs = (import ../../../templates/component/flake.nix).outputs { inherit clawft; };
in
call ./pipelines.nix { } "template" {
  template = {
    packages = outputs.packages.${system};
    checks = outputs.checks.${system};
  };
}
