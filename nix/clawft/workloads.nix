# The calls of each workload, which clawft-workload makes: name -> file.
{
  lib,
  pkgs,
  workload,
}:
let
  names = [
    "light"
    "medium"
    "heavy"
    "mixed"
    "grow"
    "churn"
    "holes"
  ];
  calls = pkgs.runCommand "workloads" { nativeBuildInputs = [ workload ]; } ''
    mkdir $out
    ${lib.concatMapStrings (name: "clawft-workload calls ${name} > $out/${name}.jsonl\n") names}
  '';
in
lib.genAttrs names (name: "${calls}/${name}.jsonl")
