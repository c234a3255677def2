# All builds of weft have the size that gauge.toml allows, to the byte, and answer the whole corpus as the agent does.
{
  lib,
  pkgs,
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
    wasm-gauge native --policy ${policy.judged} ${weft.arguments} | tee $out
    for program in ${toString (lib.mapAttrsToList (_: lib.getExe) weft.builds)}; do
      for file in ${toString calls}; do clawft-workload answer --weft $program $file; done > answers
      cmp ${answers}/answers answers || {
        diff ${answers}/answers answers | cut -c1-300 | head -n 20
        echo "$program does not answer as ${answers.of} does" >&2
        exit 1
      }
      programs=$((''${programs:-0} + 1))
    done
    echo "$(wc -l < answers) calls, answered by $programs builds as by ${answers.of}" | tee -a $out
  ''
