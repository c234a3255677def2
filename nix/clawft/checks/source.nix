# Some crates whole, with their tests. Those of wasm-gauge hold what it prints against the schemas in docs/, and what it does
# with proposals against the table there.
{ pkgs, workspace }:
packages:
pkgs.runCommand "source" { } ''
  cp -r --no-preserve=mode ${workspace.wholeSourceOf (map workspace.folderOf packages)} $out
  mkdir -p $out/docs
  cp -r ${workspace.alone (workspace.at "docs/schema")} $out/docs/schema
  cp ${workspace.alone (workspace.at "docs/policy.md")} $out/docs/policy.md
  cp ${workspace.alone (workspace.at "docs/proposals.md")} $out/docs/proposals.md
''
