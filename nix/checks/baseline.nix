# All variants, for both targets, are as baseline.json records them. Where it has no column for the tools at hand, only
# the budget is held, and that is said.
{
  pkgs,
  workspace,
  policy,
  wasm-gauge,
  reports,
  bench,
}:
pkgs.runCommand "baseline"
  {
    nativeBuildInputs = [ wasm-gauge ];
    crate = workspace.alone (workspace.root + "/crates/${policy.package}");
  }
  ''
    wasm-gauge baseline check --policy $crate/gauge.toml --bench ${bench.figures}/bench.json ${reports} | tee $out
  ''
