# A core module -> its optimised twins, by pinned tools only: of one for a component, exports outside the world's canonical
# ABI pruned, wasm-opt once with names kept, then the same bytes without the `name` section. What it is compared with is the
# core module without what wasm-opt does not leave either: names, producers, target features.
{
  lib,
  pkgs,
  call,
  binary,
  policy,
}:
let
  allBut = call ./all-but.nix { };
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

  # shell: pruned.wasm, of what rustc and wasm-ld made
  prune =
    { core, component }:
    if component then
      ''
        wasm-objdump -x -j Export ${core}/${binary}.wasm | sed -n 's/.* -> "\(.*\)"$/\1/p' > exports
        wasm-tools component wit --json ${core}/${binary}.wasm |
          jq -L ${./jq} --rawfile exports exports --from-file ${./jq/abi-exports.jq} > graph.json
        wasm-metadce ${core}/${binary}.wasm --graph-file graph.json -g -o pruned.wasm > unused
      ''
    else
      "cp ${core}/${binary}.wasm pruned.wasm";
in
rec {
  inherit prune wasmOptFlags;

  # wasm-tools strip, of a component that ships: every custom section but those that the policy keeps
  stripFlags =
    if policy.keep == [ ] then
      [ "--all" ]
    else
      [
        "--delete"
        (allBut policy.keep)
      ];

  # name: what the derivation is called; core: a directory with `${binary}.wasm`; component: whether it is for one
  modules =
    {
      name,
      core,
      component,
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
        wasm-tools strip --delete '^(name|producers|target_features)$' ${core}/${binary}.wasm -o $out/${binary}.wasm
        ${prune { inherit core component; }}
        wasm-opt pruned.wasm ${toString wasmOptFlags} -o $out/${binary}.opt.names.wasm
        wasm-tools strip --delete '^name$' $out/${binary}.opt.names.wasm -o $out/${binary}.opt.wasm
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
          *.names.wasm) strip=(--delete ${lib.escapeShellArg (allBut ([ "name" ] ++ policy.keep))}) ;;
          *) strip=(${lib.escapeShellArgs stripFlags}) ;;
        esac
        wasm-tools strip "''${strip[@]}" encoded.wasm -o $out/$file
      done
    '';
}
