# What `nix run` starts, of shell.
{ pkgs, policy }:
let
  inherit (policy) file;
in
rec {
  app = description: program: {
    type = "app";
    inherit program;
    meta = { inherit description; };
  };
  script =
    name: description: text:
    app description (
      toString (
        pkgs.writeShellScript name ''
          set -euo pipefail
          ${text}
        ''
      )
    );
  # runs in the root of the repository, where the policy and its baseline lie
  inRoot =
    name: description: text:
    script name description ''
      if [ ! -f ${file} ]; then
        echo "${name}: ${file} is not here: run this in the root of the repository" >&2
        exit 2
      fi
      ${text}
    '';
}
