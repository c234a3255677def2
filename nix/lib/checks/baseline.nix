# Variants, for all their targets, are as baseline.json records them. Where it has no column for the tools at hand, only
# the budget is held, and that is said.
{
  lib,
  pkgs,
  workspace,
  policy,
  wasm-gauge,
  name,
  # of the variants that are held, as wasm-gauge takes them
  reports,
  # what workloads came to, or null
  figures,
}:
pkgs.runCommand name
  {
    nativeBuildInputs = [ wasm-gauge ];
    crate = workspace.alone (workspace.root + "/crates/${policy.package}");
  }
  ''
    wasm-gauge baseline check --policy $crate/gauge.toml \
      ${lib.optionalString (figures != null) "--bench ${figures}/bench.json"} ${reports} | tee $out
  ''
