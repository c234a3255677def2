# What `nix run` starts.
{
  lib,
  pkgs,
  policy,
  toolchain,
  wasm-gauge,
  reports,
  bench,
}:
let
  file = "crates/${policy.package}/gauge.toml";

  app = description: program: {
    type = "app";
    inherit program;
    meta = { inherit description; };
  };
  script =
    name: description: text:
    app description (
      toString (
        pkgs.runCommand name {
          script = ''
            #!${pkgs.bashInteractive}/bin/bash
            set -euo pipefail
            ${text}
          '';
          passAsFile = [ "script" ];
        } "install -m755 $scriptPath $out"
      )
    );
  # runs in the root of the repository, where the policy and its baseline lie
  withPolicy =
    name: description: command:
    script name description ''
      if [ ! -f ${file} ]; then
        echo "${name}: ${file} is not here: run this in the root of the repository" >&2
        exit 2
      fi
      exec ${lib.getExe wasm-gauge} ${command} --policy ${file} ${reports} "$@"
    '';
in
rec {
  gauge = app wasm-gauge.meta.description (lib.getExe wasm-gauge);
  default = gauge;
  check-baseline = withPolicy "check-baseline" "holds all variants against baseline.json" "baseline check";
  update-baseline = withPolicy "update-baseline" "records all variants in baseline.json" "baseline update";
  compare = withPolicy "compare" "the table over all variants" "compare";
  update-std-lock = script "update-std-lock" "copies std's lock out of the toolchain, for rows with std = rebuilt" ''
    if [ ! -f ${file} ]; then
      echo "update-std-lock: ${file} is not here: run this in the root of the repository" >&2
      exit 2
    fi
    copy=nix/std/Cargo-${toolchain.version}.lock
    cp --no-preserve=mode ${toolchain}/lib/rustlib/src/rust/library/Cargo.lock $copy.new
    mv $copy.new $copy
    echo "$copy: git add it, so that Nix sees it"
  '';
  # Times mean nothing in a build, which is kept for ever.
  timings = script "timings" "the workloads on all variants, with times of this machine" ''
    folder=$(mktemp -d)
    trap 'rm -rf "$folder"' EXIT
    cd "$folder"
    ${bench.calls}
    ${lib.getExe wasm-gauge} bench ${bench.arguments} "$@"
  '';
}
