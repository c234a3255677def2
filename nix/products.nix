# The variant table -> the packages: what is shipped, by target, and what the checks read.
{
  lib,
  pkgs,
  policy,
  guest,
  optimize,
}:
let
  inherit (guest) library;

  describe = drv: description: drv // { meta = (drv.meta or { }) // { inherit description; }; };

  modules =
    variant: target:
    optimize.modules {
      name = "wasm-${variant.name}-${target}";
      inherit library;
      core = guest.core { inherit variant target; };
    };
  components =
    name: variant:
    optimize.components {
      inherit name library;
      modules = modules variant "wasm32-wasip2";
    };

  # the same variant with other features besides
  extended =
    variant: features:
    variant
    // {
      name = lib.concatStringsSep "-" ([ variant.name ] ++ map (builtins.replaceStrings [ "alloc-" ] [ "" ]) features);
      features = variant.features ++ features;
    };
  extendedComponents =
    variant: features:
    let
      row = extended variant features;
    in
    components "wasm-${row.name}" row;
in
rec {
  inherit library;
  # name -> the row and what was built of it
  variants = lib.mapAttrs (name: variant: {
    inherit variant;
    component = components "wasm-${name}" variant;
    p1 = modules variant "wasm32-wasip1";
    p2 = modules variant "wasm32-wasip2";
    tracing = extendedComponents variant [ "alloc-tracing" ];
    # what workloads run on, and the same counting
    bench = extendedComponents variant [ "bench" ];
    benchTracing = extendedComponents variant [
      "bench"
      "alloc-tracing"
    ];
  }) policy.variants;
  default = variants.${policy.default};

  packages =
    lib.mergeAttrsList (
      lib.mapAttrsToList (name: product: {
        "wasm-${name}" = describe product.component "component: ${product.variant.summary}";
        "wasm-${name}-p1" = describe product.p1 "wasip1 core modules: ${product.variant.summary}";
        "wasm-${name}-tracing" =
          describe product.tracing "component that counts its allocations: ${product.variant.summary}";
      }) variants
    )
    // {
      default = describe (pkgs.runCommand "wasm" { } ''
        install -Dm644 ${default.component}/${library}.opt.wasm -t $out
      '') "the optimised component of the default variant, ${policy.default}";
    };
}
