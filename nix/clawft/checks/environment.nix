# Binaries with WASI read the environment and the files that they are given, and nothing else is to be had; those without it
# see neither.
{
  pkgs,
  wasm-gauge,
  workload,
}:
product:
pkgs.runCommand "environment-${product.variant.name}"
  {
    nativeBuildInputs = [
      pkgs.jq
      wasm-gauge
      workload
    ];
    passAsFile = [ "granted" ];
    granted = ''
      {"call":"init","args":["{\"system_prompt_file\":\"/granted/prompt\"}"]}
      {"call":"process-message","args":["Hello"]}
    '';
  }
  ''
    mkdir granted
    printf 'Be brief.' > granted/prompt
    for file in ${product.answering}; do
      wasm-gauge call $file --calls $grantedPath --env CLAWFT_MODEL=granted --dir granted::/granted > answers
      ${
        if product.variant.target == "wasm32-unknown-unknown" then
          ''
            clawft-workload answer $grantedPath | diff - answers || { echo "$file sees what the native agent, to which nothing is granted, does not" >&2; exit 1; }
          ''
        else
          # What the host hands over here is allocated for wasi-libc, which frees it: another path through the allocator.
          ''
            jq -es '.[1].ok | fromjson | .model == "granted" and .messages[0] == { role: "system", content: "Be brief." }' answers ||
              { cat answers; echo "$file does not see what it was granted" >&2; exit 1; }
          ''
      }
      files=$((''${files:-0} + 1))
    done
    echo "$files binaries see what they are granted" | tee $out
  ''
