# A core module -> its optimised twins, by pinned tools only: exports outside the world's canonical ABI
# pruned, wasm-opt once with names kept, then the same bytes without the `name` section. What it is compared with is the
# core module without what wasm-opt does not leave either: names, producers, target features.
{
  lib,
  pkgs,
}:
let
  # In this order. Functions that differ in constants become one before others are inlined into them, and loops and
  # blocks are built anew from plain branches once -Oz is through, for it to go over again: docs/findings.md.
  # --low-memory-unused relies on rustc's --stack-first layout: nothing lives below 1,024.
  # The passes that drop `producers` and `target_features` come last in effect: features are read first.
  wasmOptFlags = [
    "--merge-similar-functions"
    "-Oz"
    "--converge"
    "--low-memory-unused"
    "--flatten"
    "--rereloop"
    "-Oz"
    "--strip-producers"
    "--strip-target-features"
    "-g"
  ];
in
{
  # name: what the derivation is called; core: a directory with `${library}.wasm`
  modules =
    {
      name,
      library,
      core,
    }:
    pkgs.runCommand name
      {
        nativeBuildInputs = [
          pkgs.binaryen
          pkgs.jq
          pkgs.wabt
          pkgs.wasm-tools
        ];
      }
      ''
        mkdir $out
        wasm-tools strip --delete '^(name|producers|target_features)$' ${core}/${library}.wasm -o $out/${library}.wasm
        wasm-objdump -x -j Export ${core}/${library}.wasm | sed -n 's/.* -> "\(.*\)"$/\1/p' > exports
        wasm-tools component wit --json ${core}/${library}.wasm |
          jq --rawfile exports exports --from-file ${./abi-exports.jq} > graph.json
        wasm-metadce ${core}/${library}.wasm --graph-file graph.json -g -o pruned.wasm > unused
        wasm-opt pruned.wasm ${toString wasmOptFlags} -o $out/${library}.opt.names.wasm
        wasm-tools strip --delete '^name$' $out/${library}.opt.names.wasm -o $out/${library}.opt.wasm
      '';

  # modules: what the function above made of a wasip2 core module
  components =
    {
      name,
      library,
      modules,
    }:
    pkgs.runCommand name { nativeBuildInputs = [ pkgs.wasm-tools ]; } ''
      mkdir $out
      # encode IN OUT STRIP-OPTION...
      encode() {
        wasm-tools component new ${modules}/$1 -o encoded.wasm
        wasm-tools strip "''${@:3}" encoded.wasm -o $out/$2
      }
      encode ${library}.wasm ${library}.wasm --all
      encode ${library}.opt.wasm ${library}.opt.wasm --all
      # every custom section but the names
      encode ${library}.opt.names.wasm ${library}.opt.names.wasm --delete '^[^n]|^n[^a]|^na[^m]|^nam[^e]|^name.'
    '';
}
