# What the native agent answers to all calls: what every binary has to answer.
{
  lib,
  pkgs,
  workload,
  calls,
}:
pkgs.runCommand "answers"
  {
    nativeBuildInputs = [ workload ];
    passthru.of = "the native agent";
  }
  ''
    mkdir $out
    for file in ${lib.concatStringsSep " " calls}; do clawft-workload answer $file; done > $out/answers
  ''
