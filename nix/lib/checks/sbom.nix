# Each crate that has code in what ships is in the bill of materials. That one is missed that is not there is shown first.
{
  lib,
  pkgs,
  call,
  guest,
  policy,
  measurements,
}:
let
  held = name: variant: ''
    held ${name} ${call ./../sbom.nix { } variant}/${name}.cdx.json ${guest.metadata variant}/metadata.json \
      ${measurements.${name}}/component.json ${
        lib.optionalString (variant.allocator == null) "dlmalloc"
      }
  '';
in
pkgs.runCommand "sbom" { nativeBuildInputs = [ pkgs.jq ]; } ''
  # not_listed FILE METADATA MEASURED CRATE...: crates of MEASURED that are neither in the bill of materials FILE nor of the toolchain,
  # as the CRATEs are. A crate is called as its library is, a package in FILE as cargo calls it.
  not_listed() {
    jq -rn --slurpfile bill $1 --slurpfile metadata $2 --slurpfile measured $3 '
      [$bill[0] | .metadata.component, .components[] | "\(.name) \(.version)"] as $listed
      | [$metadata[0].packages[] | select("\(.name) \(.version)" | IN($listed[])) | .targets[].name | gsub("-"; "_")] as $libraries
      | $measured[0].contents.crates | keys[]
      | select(startswith("(") or IN($ARGS.positional[]) or IN($libraries[]) | not)' \
      --args alloc core std compiler_builtins hashbrown panic_abort panic_unwind rustc_demangle std_detect unwind wasip1 wasip2 \
      __rustc C compiler-rt wasi-libc unattributed "''${@:4}"
  }
  # held VARIANT FILE METADATA MEASURED CRATE...
  held() {
    jq '.contents.crates.planted = 1' $4 > measured
    not_listed $2 $3 measured "''${@:5}" | diff <(echo planted) - ||
      { echo "$1: the above, but for what is planted, are not in its bill of materials, and have code in what ships" >&2; exit 1; }
    jq '.components = [] | del(.metadata.component)' $2 > bare
    not_listed bare "''${@:3}" > crates
    echo "$1: $(wc -l < crates) crates with code in what ships are in its bill of materials: $(xargs < crates)" | tee -a $out
  }
  ${lib.concatStrings (lib.mapAttrsToList held policy.variants)}
''
