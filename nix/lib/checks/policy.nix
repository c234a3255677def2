# gauge.toml says nothing that is not understood, and names nothing that is not there.
{
  pkgs,
  policy,
  wasm-gauge,
}:
pkgs.runCommand "policy" { nativeBuildInputs = [ wasm-gauge ]; } ''
  wasm-gauge policy ${policy.judged} | tee $out
''
