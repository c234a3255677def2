# Shell: each stage of all that ships is built a second time, of what the stage before it made the first time, and compared.
# What came of that is said of each file, and in the report. Dependencies are not: they are compiled again in `reproducible`.
{
  lib,
  pkgs,
  guest,
  products,
  # more arguments -> shell: the report, into the folder $1
  report,
}:
let
  core = variant: target: guest.core { inherit variant target; };

  # by the names of the report: what its files are built by, the last of which is what ships
  stages = lib.mergeAttrsList (
    map (
      product:
      let
        inherit (product) variant;
      in
      builtins.listToAttrs (
        lib.zipListsWith lib.nameValuePair product.names [
          (lib.unique [
            (core variant variant.target)
            product.core
            product.artifact
          ])
          [
            (core variant "wasm32-wasip1")
            product.p1
          ]
        ]
      )
    ) (builtins.attrValues products.variants)
  );
  derivations = map (stage: "${builtins.unsafeDiscardOutputDependency stage.drvPath}^*") (
    builtins.concatLists (builtins.attrValues stages)
  );
in
''
  folder=$(mktemp -d)
  trap 'rm -rf "$folder"' EXIT
  # What differs is kept beside what was there, with .check behind its name.
  built=0
  nix --extra-experimental-features 'nix-command flakes' build --no-link --rebuild --keep-failed --keep-going \
    ${lib.escapeShellArgs derivations} > "$folder/log" 2>&1 || built=$?
  differs() { grep -q "output [\"']$1[\"'] differs from" "$folder/log"; }
  # What rests on a stage that differs is not built.
  if [ $built != 0 ] && { ! grep -q 'may not be deterministic' "$folder/log" || grep 'Reason: ' "$folder/log" | grep -qv dependenc; }; then
    cat "$folder/log" >&2
    echo "rebuild: not all was built a second time" >&2
    exit 4
  fi

  status=0
  checks=()
  # rebuilt NAME STAGE...
  rebuilt() {
    local name=$1 stage file word said="" holds=true earlier=same
    shift
    for stage in "''${@:1:$#-1}"; do
      if differs "$stage"; then earlier=differs; fi
    done
    stage=''${!#}
    for file in "$stage"/*.wasm; do
      word=$earlier
      if differs "$stage" && ! cmp -s "$file" "$stage.check/''${file##*/}"; then word=differs; fi
      if [ $word = differs ]; then holds=false status=1; fi
      echo "$name: ''${file##*/}: $word"
      said="$said, ''${file##*/} $word"
    done
    ${pkgs.jq}/bin/jq -n --argjson holds $holds --arg said "each stage built a second time$said" \
      '{ rebuild: { $holds, $said } }' > "$folder/''${name//\//-}.json"
    checks+=(--checks "$name=$folder/''${name//\//-}.json")
  }
  ${lib.concatStrings (
    lib.mapAttrsToList (name: stages: "rebuilt ${name} ${toString stages}\n  ") stages
  )}
  ${report ''"''${checks[@]}"''}
  exit $status
''
