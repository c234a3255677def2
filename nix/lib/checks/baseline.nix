# Variants, for all their targets, are as baseline.json records them. Where it has no column for the tools at hand, only
# the budget is held, and that is said.
{
  lib,
  pkgs,
  policy,
  wasm-gauge,
  name,
  # of the variants that are held, as wasm-gauge takes them
  reports,
  # what workloads came to, or null
  figures,
  # native programs, or null
  programs,
}:
pkgs.runCommand name { nativeBuildInputs = [ wasm-gauge ]; }
  ''
    wasm-gauge baseline check --policy ${policy.judged} \
      ${lib.optionalString (figures != null) "--bench ${figures}/bench.json"} \
      ${lib.optionalString (programs != null) "--native ${programs.figures}/native.json"} ${reports} | tee $out
  ''
