# Nothing that gauge.toml bans is in the variant, and it is built from nothing that is not allowed. That the search
# finds what it looks for is shown first: everything banned is planted in the very same binary.
{
  lib,
  pkgs,
  binary,
  policy,
  guest,
  wasm-gauge,
}:
product:
let
  inherit (product) variant;
  bans = lib.filterAttrs (_: builtins.isList) policy.bans;
  parts = separator: text: builtins.filter builtins.isString (builtins.split separator text);
  example = builtins.replaceStrings [ "*" ] [ "x" ];
  # as WAT writes it
  quoted = text: ''"${builtins.replaceStrings [ "\\" ''"'' ] [ "\\\\" ''\"'' ] text}"'';
  mangled =
    path:
    "_ZN${
      lib.concatMapStrings (name: toString (builtins.stringLength name) + name) (parts "::" path)
    }17h0123456789abcdefE";
  function = symbol: "(func \$${quoted symbol})";
  import' =
    name:
    let
      names = parts "#" (example name);
    in
    "(import ${quoted (builtins.head names)} ${quoted (toString (builtins.tail names))} (tag))";
in
pkgs.runCommand "bans-${variant.name}"
  {
    nativeBuildInputs = [
      pkgs.jq
      pkgs.wasm-tools
      wasm-gauge
    ];
    metadata = lib.optionalString (policy.has "dependencies") (guest.metadata variant);
    passAsFile = [
      "banned"
      "plantedImports"
      "plantedRest"
    ];
    banned = builtins.toJSON bans;
    plantedImports = lib.concatMapStringsSep "\n" import' (bans.imports or [ ]);
    plantedRest = lib.concatStringsSep "\n" (
      map (name: function (mangled "${name}::planted")) (bans.crates or [ ])
      ++ map (path: function (mangled (example path))) (bans.symbols or [ ])
      ++ map (text: "(data ${quoted text})") (bans.strings or [ ])
    );
  }
  ''
    bans() { wasm-gauge bans --policy ${policy.judged} ''${metadata:+--metadata $metadata/metadata.json} "$@"; }
    entries() { jq -r 'to_entries[] | .key as $list | .value[] | "\($list) \(.)"' | sort -u; }

    # Module, and what is in it. Imports come first, and are tags: a function more in front of the others would change
    # the index of those without names.
    wasm-tools print ${product.core}/${binary}.opt.names.wasm > text
    { head -n 1 text; cat $plantedImportsPath; sed '1d;$d' text; cat $plantedRestPath; echo ')'; } > planted.wat
    wasm-tools parse planted.wat -o planted.wasm
    entries < $bannedPath > banned
    status=0
    bans --format json planted.wasm > found.json || status=$?
    jq 'reduce .found[] as $f ({}; .[$f.list] += [$f.ban])' found.json | entries > found
    { [ $status = 1 ] || [ ! -s banned ]; } && diff banned found ||
      { echo "not all that was planted is found (exit status $status)" >&2; exit 1; }
    echo "$(wc -l < banned) things are banned: each one is found where it is planted" | tee $out

    for shipped in ${toString product.shipped}; do
      bans $shipped/${binary}.opt.wasm --names $shipped/${binary}.opt.names.wasm | tee -a $out
    done
  ''
