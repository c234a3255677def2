# Shell: what baseline.json said of the default variant at each commit that changed it, the oldest first, a JSON object on each
# line. A column that names no backend is of before there was more than one.
{
  pkgs,
  policy,
  toolchain,
}:
let
  file = "${dirOf policy.file}/baseline.json";
  backend = toolchain.backend or "nix";
in
''
  git log --reverse --diff-filter=d --format='%h %cs' -- ${file} | while read -r revision date; do
    git show "$revision:./${file}" | ${pkgs.jq}/bin/jq -c --arg revision "$revision" --arg date "$date" '
      [.columns[]? | select((.backend // "${backend}") == "${backend}")]
      | last | .variants["${policy.default}"].optimized
      | select(.raw_bytes and .gzip_bytes) | { $revision, $date, raw_bytes, gzip_bytes }'
  done''
