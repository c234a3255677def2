# The workloads on all variants: what of it is the same each time, bench.json. All variants have to reply alike.
{
  lib,
  pkgs,
  policy,
  products,
  wasm-gauge,
  weft,
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
  calls = lib.concatMapStrings (name: "${lib.getExe weft} workload ${name} > ${name}.jsonl\n") workloads;
  arguments = toString (
    [ "--stats alloc-stats --reference ${policy.default}" ]
    ++ map (name: "--workload ${name}=${name}.jsonl") workloads
    ++ lib.mapAttrsToList (
      name: product: "--traced ${name}=${product.benchTracing}/${library}.opt.wasm"
    ) products.variants
    ++ lib.mapAttrsToList (name: product: "${name}=${product.bench}/${library}.opt.wasm") products.variants
  );

  figures = pkgs.runCommand "bench" { nativeBuildInputs = [ wasm-gauge ]; } ''
    ${calls}
    mkdir $out
    wasm-gauge bench --no-time ${arguments} | tee $out/bench.txt
    wasm-gauge bench --no-time --format json -o $out/bench.json ${arguments}
  '';
}
