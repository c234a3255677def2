# One allocator per binary: one place where memory grows, the variant's own allocator, and no other by name. Of a row that
# names none nothing is held: null.
{
  lib,
  pkgs,
  binary,
  policy,
}:
product:
let
  inherit (product.variant) name allocator;
  # A crate's mark is its name as manglings write it: behind its length, and in the legacy one between $ and two dots where
  # it is in brackets. wasi-libc's own malloc is the one that calls sbrk.
  mark =
    allocator:
    if allocator == "wasi-libc" then
      "sbrk"
    else
      let
        crate = builtins.replaceStrings [ "-" ] [ "_" ] allocator;
      in
      "${toString (builtins.stringLength crate)}${crate}|[$]${crate}[.][.]";
  others = lib.filter (a: a != null && a != allocator) (
    lib.unique (map (v: v.allocator) (builtins.attrValues policy.variants))
  );
in
if allocator == null then
  null
else
  pkgs.runCommand "allocator-${name}"
  {
    nativeBuildInputs = [
      pkgs.wabt
      pkgs.wasm-tools
    ];
  }
  ''
    fail() { echo "$1" >&2; exit 1; }
    for module in ${lib.concatMapStringsSep " " (core: "${core}/${binary}.opt.names.wasm") product.cores}; do
      wasm-tools print $module > text
      sites=$(grep -c memory.grow text) || true
      [ $sites = 1 ] || fail "$module: memory grows in $sites places; one allocator has one"
      wasm-objdump -x -j Function $module > functions
      count() { grep -cE "<.*($1).*>" functions || true; }
      [ "$(count '${mark allocator}')" != 0 ] || fail "$module: nothing of ${allocator} is in it"
      ${lib.concatMapStrings (other: ''
        [ "$(count '${mark other}')" = 0 ] || fail "$module: has ${other} beside ${allocator}"
      '') others}
      echo "$(count '${mark allocator}') functions of ${allocator}, one memory.grow: $module" | tee -a $out
    done
  ''
