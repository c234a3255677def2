# The variant table -> the packages: what is shipped, by target, and what the checks read.
{
  lib,
  pkgs,
  policy,
  guest,
  optimize,
  describe,
}:
let
  inherit (policy) binary;

  modules =
    variant: target:
    optimize.modules {
      name = "wasm-${variant.name}-${if target == "wasm32-wasip1" then "p1" else "core"}";
      core = guest.core { inherit variant target; };
      inherit (variant) component;
    };
in
rec {
  # name -> the row and what was built of it
  variants = lib.mapAttrs (name: variant: rec {
    inherit variant;
    # what ships for its target
    artifact =
      if variant.component then
        optimize.components {
          name = "wasm-${name}";
          from = core;
          files = [
            "${binary}.wasm"
            "${binary}.opt.wasm"
            "${binary}.opt.names.wasm"
          ];
        }
      else
        core;
    # the core modules that it is made from
    core = modules variant variant.target;
    # those for runtimes without components, or null
    p1 = if variant.wasip1 then modules variant "wasm32-wasip1" else null;
    # what ships, as reports call it
    names = [ name ] ++ lib.optional (p1 != null) "${name}/wasm32-wasip1";
    cores = [ core ] ++ lib.optional (p1 != null) p1;
    shipped = [ artifact ] ++ lib.optional (p1 != null) p1;
    # all that has to answer alike: what ships, and what that was before wasm-opt
    answering = lib.concatMapStringsSep " " (
      files: "${files}/${binary}.wasm ${files}/${binary}.opt.wasm"
    ) shipped;
    # What workloads run on: where the policy names features for it, another build, which counts its allocations until it
    # is told to stop.
    measured = variant // {
      name = "${name}-tracing";
      features = variant.features ++ policy.measuring.features;
    };
    tracing =
      if policy.measuring == null then
        null
      else
        optimize.components {
          name = "wasm-${name}-tracing";
          from = modules measured variant.target;
          files = [ "${binary}.opt.wasm" ];
        };
  }) policy.variants;
  default = variants.${policy.default};

  packages =
    lib.mergeAttrsList (
      lib.mapAttrsToList (
        name: product:
        let
          kind = if product.variant.component then "component" else "core module";
        in
        {
          "wasm-${name}" = describe product.artifact "${kind}: ${product.variant.summary}";
        }
        // lib.optionalAttrs (product.tracing != null) {
          "wasm-${name}-tracing" =
            describe product.tracing "component that counts its allocations: ${product.variant.summary}";
        }
        // lib.optionalAttrs (product.p1 != null) {
          "wasm-${name}-p1" = describe product.p1 "wasip1 core modules: ${product.variant.summary}";
        }
      ) variants
    )
    // {
      default = describe (pkgs.runCommand "wasm" { } ''
        install -Dm644 ${default.artifact}/${binary}.opt.wasm -t $out
      '') "the optimised binary of the default variant, ${policy.default}";
    };
}
