# Component and wasip1 module, unoptimized and optimized, answer the corpus as the native agent does, byte for byte, and those of
# WASI read the environment and the files that they are given.
{
  lib,
  pkgs,
  library,
  workspace,
  policy,
  wasm-gauge,
  workload,
}:
product:
pkgs.runCommand "behaviour-${product.variant.name}"
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
    corpus = workspace.alone (workspace.root + "/crates/${policy.package}/corpus");
  }
  ''
    artifacts="${lib.concatMapStringsSep " " (files: "${files}/${library}.wasm ${files}/${library}.opt.wasm") product.shipped}"
    for file in $corpus/*.jsonl; do clawft-workload answer $file; done > native
    calls=$(wc -l < native)
    [ $calls -gt 0 ] || { echo "there is no call in $corpus" >&2; exit 1; }
    for artifact in $artifacts; do
      wasm-gauge call $artifact $(printf -- '--calls %s ' $corpus/*.jsonl) > wasm
      cmp native wasm || { diff native wasm | cut -c1-300 | head -n 20; echo "$artifact does not answer as the native agent does" >&2; exit 1; }
    done

    mkdir granted
    printf 'Be brief.' > granted/prompt
    for artifact in $artifacts; do
      wasm-gauge call $artifact --calls $grantedPath --env CLAWFT_MODEL=granted --dir granted::/granted > wasm
      ${
        if product.variant.target == "wasm32-unknown-unknown" then
          ''
            clawft-workload answer $grantedPath | diff - wasm || { echo "$artifact sees what the native agent, to which nothing is granted, does not" >&2; exit 1; }
          ''
        else
          # What the host hands over here is allocated for wasi-libc, which frees it: another path through the allocator.
          ''
            jq -es '.[1].ok | fromjson | .model == "granted" and .messages[0] == { role: "system", content: "Be brief." }' wasm ||
              { cat wasm; echo "$artifact does not see what it was granted" >&2; exit 1; }
          ''
      }
    done
    echo "$calls calls, answered alike by the native agent and $(wc -w <<< "$artifacts") binaries" | tee $out
  ''
