# Data -> TOML: every table below the first level is an inline one.
{ lib }:
let
  value =
    v:
    if builtins.isAttrs v then
      "{ ${
        lib.concatStringsSep ", " (lib.mapAttrsToList (name: v: "${builtins.toJSON name} = ${value v}") v)
      } }"
    else if builtins.isList v then
      "[ ${lib.concatMapStringsSep ", " value v} ]"
    else
      builtins.toJSON v;
in
data:
lib.concatStringsSep "" (
  lib.mapAttrsToList (name: v: "${builtins.toJSON name} = ${value v}\n") data
)
