# A core module -> its optimised twins, by pinned tools only: exports outside the world's canonical ABI
# pruned, wasm-opt once with names kept, then the same bytes without the `name` section. What it is compared with is the
# core module without what wasm-opt does not leave either: names, producers, target features.
{ pkgs }:
let
  # In this order. Functions that differ in constants become one before others are inlined into them, and loops and
  # blocks are built anew from plain branches before -Oz, twice: docs/findings.md.
  # --low-memory-unused relies on rustc's --stack-first layout: nothing lives below 1,024.
  # The passes that drop `producers` and `target_features` come last in effect: features are read first.
  wasmOptFlags = [
    "--merge-similar-functions"
    "--low-memory-unused"
    "--flatten"
    "--rereloop"
    "-Oz"
    "--flatten"
    "--rereloop"
    "-Oz"
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

  # from: a directory with core modules, files: which of them
  components =
    {
      name,
      from,
      files,
    }:
    pkgs.runCommand name { nativeBuildInputs = [ pkgs.wasm-tools ]; } ''
      mkdir $out
      for file in ${toString files}; do
        wasm-tools component new ${from}/$file -o encoded.wasm
        case $file in
          # every custom section but the names
          *.names.wasm) strip=(--delete '^[^n]|^n[^a]|^na[^m]|^nam[^e]|^name.') ;;
          *) strip=(--all) ;;
        esac
        wasm-tools strip "''${strip[@]}" encoded.wasm -o $out/$file
      done
    '';
}
