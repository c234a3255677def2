# The functions of nixpkgs `lib` that this flake uses, with the same names and meaning.
let
  inherit (builtins)
    attrNames
    concatStringsSep
    elem
    filter
    listToAttrs
    stringLength
    substring
    ;
in
rec {
  inherit (builtins)
    concatMap
    isFunction
    mapAttrs
    ;
  inherit concatStringsSep elem filter;

  nameValuePair = name: value: { inherit name value; };
  genAttrs = names: f: listToAttrs (map (n: nameValuePair n (f n)) names);
  mapAttrs' = f: set: listToAttrs (map (n: f n set.${n}) (attrNames set));
  mapAttrsToList = f: set: map (n: f n set.${n}) (attrNames set);
  mergeAttrsList = builtins.foldl' (a: b: a // b) { };

  optional = cond: x: if cond then [ x ] else [ ];
  optionalString = cond: s: if cond then s else "";
  subtractLists = remove: filter (x: !elem x remove);
  unique = builtins.foldl' (seen: x: if elem x seen then seen else seen ++ [ x ]) [ ];

  hasPrefix = prefix: s: substring 0 (stringLength prefix) s == prefix;
  concatMapStringsSep =
    sep: f: xs:
    concatStringsSep sep (map f xs);
  concatMapStrings = concatMapStringsSep "";
  escapeShellArg = arg: "'${builtins.replaceStrings [ "'" ] [ "'\\''" ] (toString arg)}'";
  escapeShellArgs = concatMapStringsSep " " escapeShellArg;

  importJSON = file: builtins.fromJSON (builtins.readFile file);
  importTOML = file: fromTOML (builtins.readFile file);
  getExe = p: "${p}/bin/${p.meta.mainProgram}";
  throwIf =
    cond: message: x:
    if cond then throw message else x;
}
