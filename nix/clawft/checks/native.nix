# All builds of weft have the size that gauge.toml allows, to the byte, and answer the whole corpus as the agent does.
{
  lib,
  pkgs,
  call,
  weft,
  policy,
  wasm-gauge,
  workload,
  calls,
  answers,
}:
pkgs.runCommand "native"
  {
    nativeBuildInputs = [
      wasm-gauge
      workload
    ];
  }
  ''
    ${call ../../lib/alike.nix { }}
    wasm-gauge native --policy ${policy.judged} ${weft.arguments} | tee $out
    for program in ${toString (lib.mapAttrsToList (_: lib.getExe) weft.builds)}; do
      for file in ${toString calls}; do clawft-workload answer --weft $program $file; done > answers
      alike $program
      programs=$((''${programs:-0} + 1))
    done
    echo "$(wc -l < answers) calls, answered by $programs builds as by ${answers.of}" | tee -a $out
  ''
