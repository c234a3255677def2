# The functions of nixpkgs `lib` that this flake uses, with the same names and meaning.
with builtins;
rec {
  inherit
    any
    concatMap
    concatStringsSep
    elem
    filter
    isFunction
    mapAttrs
    ;

  nameValuePair = name: value: { inherit name value; };
  genAttrs = names: f: listToAttrs (map (n: nameValuePair n (f n)) names);
  mapAttrs' = f: set: listToAttrs (map (n: f n set.${n}) (attrNames set));
  filterAttrs = keep: set: removeAttrs set (filter (n: !keep n set.${n}) (attrNames set));
  mapAttrsToList = f: set: map (n: f n set.${n}) (attrNames set);
  mergeAttrsList = foldl' (a: b: a // b) { };

  optional = cond: x: if cond then [ x ] else [ ];
  optionalAttrs = cond: set: if cond then set else { };
  optionals = cond: list: if cond then list else [ ];
  optionalString = cond: s: if cond then s else "";
  subtractLists = remove: filter (x: !elem x remove);
  last = list: elemAt list (length list - 1);
  # decimal digits alone
  toInt = digits: fromJSON (head (match "0*([0-9]+)" digits));
  unique = foldl' (seen: x: if elem x seen then seen else seen ++ [ x ]) [ ];
  zipListsWith =
    f: a: b:
    if a == [ ] || b == [ ] then [ ] else [ (f (head a) (head b)) ] ++ zipListsWith f (tail a) (tail b);

  hasPrefix = prefix: s: substring 0 (stringLength prefix) s == prefix;
  hasSuffix =
    suffix: s:
    stringLength s >= stringLength suffix
    && substring (stringLength s - stringLength suffix) (stringLength suffix) s == suffix;
  removeSuffix =
    suffix: s:
    if hasSuffix suffix s then substring 0 (stringLength s - stringLength suffix) s else s;
  concatMapStringsSep =
    sep: f: xs:
    concatStringsSep sep (map f xs);
  concatMapStrings = concatMapStringsSep "";
  concatStrings = concatStringsSep "";
  escapeShellArg = arg: "'${replaceStrings [ "'" ] [ "'\\''" ] (toString arg)}'";
  escapeShellArgs = concatMapStringsSep " " escapeShellArg;

  cleanSourceWith =
    { src, filter }:
    {
      inherit filter;
      origSrc = src;
      _isLibCleanSourceWith = true;
      outPath = path {
        inherit filter;
        name = "source";
        path = src;
      };
    };

  importJSON = file: fromJSON (readFile file);
  importTOML = file: fromTOML (readFile file);
  getOutput = output: p: p.${output} or p.out or p;
  getDev = getOutput "dev";
  getBin = getOutput "bin";
  getExe = p: "${getBin p}/bin/${p.meta.mainProgram}";
  throwIf =
    cond: message: x:
    if cond then throw message else x;
}
