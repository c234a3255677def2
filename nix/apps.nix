# What `nix run` starts.
{
  lib,
  pkgs,
  policy,
  wasm-gauge,
  reports,
}:
let
  file = "crates/${policy.package}/gauge.toml";

  app = description: program: {
    type = "app";
    inherit program;
    meta = { inherit description; };
  };
  # runs in the root of the repository, where the policy and its baseline lie
  script =
    name: description: command:
    app description (
      toString (
        pkgs.runCommand name {
          script = ''
            #!${pkgs.bashInteractive}/bin/bash
            set -euo pipefail
            if [ ! -f ${file} ]; then
              echo "${name}: ${file} is not here: run this in the root of the repository" >&2
              exit 2
            fi
            exec ${lib.getExe wasm-gauge} ${command} --policy ${file} ${reports} "$@"
          '';
          passAsFile = [ "script" ];
        } "install -m755 $scriptPath $out"
      )
    );
in
rec {
  gauge = app wasm-gauge.meta.description (lib.getExe wasm-gauge);
  default = gauge;
  check-baseline = script "check-baseline" "holds all variants against baseline.json" "baseline check";
  update-baseline = script "update-baseline" "records all variants in baseline.json" "baseline update";
  compare = script "compare" "the table over all variants" "compare";
}
