# gauge.toml -> the variant table. A row is complete after this: every key it may leave out has its default. Rows with a
# rebuilt standard library are left out where there is no lock of it (docs/min.md).
{
  lib,
  root,
  workspace,
}:
let
  policy = lib.importTOML (root + "/crates/clawft-wasm/gauge.toml");
  inherit (policy) package;
  declared = builtins.attrNames (lib.importTOML (root + "/crates/${package}/Cargo.toml")).features;
  keys = [
    "summary"
    "allocator"
    "features"
    "profile"
    "target"
    "wasip1"
    "std"
    "one-shot"
    "maturity"
    "maturity-facts"
  ];

  targets = [
    "wasm32-wasip2"
    "wasm32-unknown-unknown"
  ];
  stds = [
    "prebuilt"
    "rebuilt"
  ];

  refuse = name: message: throw "gauge.toml: [variants.${name}]: ${message}";
  row =
    name:
    {
      summary,
      allocator ? "wasi-libc",
      features ? [ ],
      profile ? "release-wasm",
      target ? "wasm32-wasip2",
      wasip1 ? false,
      std ? "prebuilt",
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
    else if !lib.elem target targets then
      refuse name "target is ${target}; it can be ${toString targets}"
    else if wasip1 && target != "wasm32-wasip2" then
      refuse name "wasip1 is true, but a row for ${target} has no WASI"
    else if !lib.elem std stds then
      refuse name "std is ${std}; it can be ${toString stds}"
    else
      {
        inherit
          name
          summary
          allocator
          features
          profile
          target
          wasip1
          std
          one-shot
          ;
        # all that core modules are built for
        targets = [ target ] ++ lib.optional wasip1 "wasm32-wasip1";
      };
  rows = lib.mapAttrs row policy.variants;
  cannotBeBuilt = name: workspace.stdLock == null && rows.${name}.std == "rebuilt";
  leftOut = lib.filter cannotBeBuilt (builtins.attrNames rows);
  variants = removeAttrs rows leftOut;
in
{
  inherit package variants leftOut;
  inherit (policy) bans;
  default =
    lib.throwIf (!variants ? ${policy.default-variant})
      "gauge.toml: default-variant is ${policy.default-variant}, and there is no such row"
      policy.default-variant;
}
