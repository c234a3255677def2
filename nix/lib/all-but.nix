# Names -> a regex of every other name. wasm-tools takes regexes of Rust, which have no look-ahead: so it says where another
# name leaves these, by a character or by its end.
{ lib }:
names:
let
  inherit (builtins) stringLength substring;
  # as it stands, in a class of characters too; names of sections have no other of these
  plain = builtins.replaceStrings [ "." "-" ] [ "\\." "\\-" ];
  beginnings = lib.unique (
    lib.concatMap (
      name: builtins.genList (length: substring 0 length name) (stringLength name + 1)
    ) names
  );
  leaving =
    beginning:
    let
      length = stringLength beginning;
      longer = lib.filter (
        name: stringLength name > length && lib.hasPrefix beginning name
      ) names;
      next = lib.unique (map (substring length 1) longer);
    in
    "^${plain beginning}" + (if next == [ ] then "(?s:.)" else "[^${plain (lib.concatStrings next)}]");
  ending = beginning: "^${plain beginning}$";
in
lib.concatStringsSep "|" (
  map leaving beginnings ++ map ending (lib.subtractLists names beginnings)
)
