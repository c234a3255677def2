# The report over all variants: report.json, the page and the comment that are made of it. It is made whether what it says
# holds or not.
{
  pkgs,
  policy,
  reported,
  wasm-gauge,
}:
pkgs.runCommand "report"
  {
    nativeBuildInputs = [ wasm-gauge ];
    meta.description = "one report over all variants: JSON, a page, a comment";
  }
  ''
    mkdir $out
    wasm-gauge report --policy ${policy.judged} ${reported} \
      --json $out/report.json --html $out/report.html --markdown $out/report.md -o $out/report.txt
  ''
