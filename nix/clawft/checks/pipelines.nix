# All that is checked of pipelines of other projects holds, and their products are there.
#   NAME: { PROJECT = { checks, packages }; }
{ lib, pkgs }:
name: pipelines:
pkgs.runCommand name { } (
  lib.concatStrings (
    lib.mapAttrsToList (project: pipeline: ''
      for check in ${toString (builtins.attrValues pipeline.checks)}; do
        if [ -f $check ]; then cat $check; fi
      done
      echo "${project}: ${toString (builtins.attrNames pipeline.checks)} hold: $(ls -x ${pipeline.packages.default})" | tee -a $out
    '') pipelines
  )
)
