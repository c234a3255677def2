# The workloads on all variants: what of it is the same each time, bench.json. All variants have to reply alike.
{
  lib,
  pkgs,
  binary,
  policy,
  products,
  wasm-gauge,
  # name -> file of calls
  workloads,
}:
let
  # what they run on: the build that counts its allocations until it is told to stop, or what ships
  counts = policy.measuring ? stats;
  files = option: lib.mapAttrsToList (
    name: product:
    "${option}${name}=${
      if product.tracing == null then product.artifact else product.tracing
    }/${binary}.opt.wasm"
  ) products.variants;
in
rec {
  # of `wasm-gauge bench`
  arguments = toString (
    [ "--reference ${policy.default}" ]
    ++ lib.mapAttrsToList (name: calls: "--workload ${name}=${calls}") workloads
    ++ lib.optional counts "--stats ${policy.measuring.stats}"
    ++ lib.optionals counts (files "--traced ")
    ++ files ""
  );
  # those that are counted in instructions, which takes long
  instructions = lib.concatMapStringsSep " " (name: "--instructions ${name}") (
    policy.measuring.instructions or (builtins.attrNames workloads)
  );

  figures = pkgs.runCommand "bench" { nativeBuildInputs = [ wasm-gauge ]; } ''
    mkdir $out
    # through a pipe altogether: a build's standard error is a terminal, and would get the progress too
    wasm-gauge bench --no-time --json $out/bench.json ${arguments} 2>&1 | tee $out/bench.txt
  '';
}
