# gauge.toml -> the variant table. A row is complete after this: every key it may leave out has its default.
{
  lib,
  root,
  file,
}:
let
  policy = lib.importTOML file;
  inherit (policy) package;
  declared = builtins.attrNames (lib.importTOML (root + "/crates/${package}/Cargo.toml")).features;
  keys = [
    "summary"
    "allocator"
    "features"
    "profile"
    "one-shot"
    "maturity"
    "maturity-facts"
  ];

  refuse = name: message: throw "gauge.toml: [variants.${name}]: ${message}";
  row =
    name:
    {
      summary,
      allocator ? "wasi-libc",
      features ? [ ],
      profile ? "release-wasm",
      one-shot ? false,
      ...
    }@given:
    let
      unknownKeys = lib.subtractLists keys (builtins.attrNames given);
      unknownFeatures = lib.subtractLists declared features;
    in
    if unknownKeys != [ ] then
      refuse name "unknown key ${toString unknownKeys}; a row has ${toString keys}"
    else if unknownFeatures != [ ] then
      refuse name "${package} has no feature ${toString unknownFeatures}; it has ${toString declared}"
    else
      {
        inherit
          name
          summary
          allocator
          features
          profile
          one-shot
          ;
      };
  variants = lib.mapAttrs row policy.variants;
in
{
  inherit package variants;
  inherit (policy) bans;
  targets = [
    "wasm32-wasip1"
    "wasm32-wasip2"
  ];
  default =
    lib.throwIf (!variants ? ${policy.default-variant})
      "gauge.toml: default-variant is ${policy.default-variant}, and there is no such row"
      policy.default-variant;
}
