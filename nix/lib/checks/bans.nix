# Nothing that gauge.toml bans is in the variant, and it is built from nothing that is not allowed. That the search
# finds what it looks for is shown first: everything banned is planted in the very same binary.
{
  lib,
  pkgs,
  library,
  workspace,
  policy,
  guest,
  wasm-gauge,
}:
product:
let
  inherit (product) variant;
  inherit (policy) bans;
  parts = separator: text: builtins.filter builtins.isString (builtins.split separator text);
  example = builtins.replaceStrings [ "*" ] [ "x" ];
  mangled =
    path:
    "_ZN${
      lib.concatMapStrings (name: toString (builtins.stringLength name) + name) (parts "::" path)
    }17h0123456789abcdefE";
  function = symbol: ''(func $"${symbol}")'';
  import' =
    name:
    let
      names = parts "#" (example name);
    in
    ''(import "${builtins.head names}" "${toString (builtins.tail names)}" (tag))'';
in
pkgs.runCommand "bans-${variant.name}"
  {
    nativeBuildInputs = [
      pkgs.jq
      pkgs.wasm-tools
      wasm-gauge
    ];
    crate = workspace.alone (workspace.root + "/crates/${policy.package}");
    metadata = guest.metadata variant;
    passAsFile = [
      "plantedImports"
      "plantedRest"
    ];
    plantedImports = lib.concatMapStringsSep "\n" import' bans.imports;
    plantedRest = lib.concatStringsSep "\n" (
      map (name: function (mangled "${name}::planted")) bans.crates
      ++ map (path: function (mangled (example path))) bans.symbols
      ++ map (text: ''(data "${text}")'') bans.strings
    );
  }
  ''
    bans() { wasm-gauge bans --policy $crate/gauge.toml --metadata $metadata/metadata.json "$@"; }
    entries() { jq -r 'to_entries[] | .key as $list | .value[] | "\($list) \(.)"' | sort -u; }

    # Module, and what is in it. Imports come first, and are tags: a function more in front of the others would change
    # the index of those without names.
    wasm-tools print ${product.core}/${library}.opt.names.wasm > text
    { head -n 1 text; cat $plantedImportsPath; sed '1d;$d' text; cat $plantedRestPath; echo ')'; } > planted.wat
    wasm-tools parse planted.wat -o planted.wasm
    status=0
    bans --format json planted.wasm > found.json || status=$?
    entries <<< '${builtins.toJSON (lib.filterAttrs (_: builtins.isList) bans)}' > banned
    jq 'reduce .found[] as $f ({}; .[$f.list] += [$f.ban])' found.json | entries > found
    [ $status = 1 ] && diff banned found || { echo "not all that was planted is found (exit status $status)" >&2; exit 1; }
    echo "$(wc -l < banned) things are banned: each one is found where it is planted" | tee $out

    for shipped in ${toString product.shipped}; do
      bans $shipped/${library}.opt.wasm --names $shipped/${library}.opt.names.wasm | tee -a $out
    done
  ''
