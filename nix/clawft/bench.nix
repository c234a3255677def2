# The workloads on all variants: what of it is the same each time, bench.json. All variants have to reply alike.
{
  lib,
  pkgs,
  policy,
  products,
  wasm-gauge,
  workload,
}:
let
  inherit (products) library;
  workloads = [
    "light"
    "medium"
    "heavy"
    "mixed"
    "grow"
    "churn"
  ];
in
rec {
  # of `wasm-gauge bench`; the files of calls are made in the folder that it runs in
  calls = lib.concatMapStrings (name: "${lib.getExe workload} calls ${name} > ${name}.jsonl\n") workloads;
  arguments = toString (
    [ "--stats alloc-stats --reference ${policy.default}" ]
    ++ map (name: "--workload ${name}=${name}.jsonl") workloads
    ++ lib.mapAttrsToList (
      name: product: "--traced ${name}=${product.tracing}/${library}.opt.wasm"
    ) products.variants
    ++ lib.mapAttrsToList (name: product: "${name}=${product.tracing}/${library}.opt.wasm") products.variants
  );

  # which of them are counted in instructions, by `record`: the others take minutes
  instructions = "--instructions light --instructions medium --instructions mixed --instructions grow";

  figures = pkgs.runCommand "bench" { nativeBuildInputs = [ wasm-gauge ]; } ''
    ${calls}
    mkdir $out
    # through a pipe altogether: a build's standard error is a terminal, and would get the progress too
    wasm-gauge bench --no-time --json $out/bench.json ${arguments} 2>&1 | tee $out/bench.txt
  '';
}
