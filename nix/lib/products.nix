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
      name = "wasm-${variant.name}-${if target == "wasm32-wasip1" then "p1" else "core"}";
      inherit library;
      core = guest.core { inherit variant target; };
    };
in
rec {
  inherit library;
  # name -> the row and what was built of it
  variants = lib.mapAttrs (name: variant: rec {
    inherit variant;
    component = optimize.components {
      name = "wasm-${name}";
      from = core;
      files = [
        "${library}.wasm"
        "${library}.opt.wasm"
        "${library}.opt.names.wasm"
      ];
    };
    # the core modules that the component is made from
    core = modules variant variant.target;
    # those for runtimes without components, or null
    p1 = if lib.elem "wasm32-wasip1" variant.targets then modules variant "wasm32-wasip1" else null;
    cores = [ core ] ++ lib.optional (p1 != null) p1;
    shipped = [ component ] ++ lib.optional (p1 != null) p1;
    # what workloads run on, and what counts its allocations until it is told to stop: its row, and what it is
    counting = variant // {
      name = "${name}-tracing";
      features = variant.features ++ [
        "alloc-tracing"
        "bench"
      ];
    };
    tracing = optimize.components {
      name = "wasm-${name}-tracing";
      from = modules counting variant.target;
      files = [ "${library}.opt.wasm" ];
    };
  }) policy.variants;
  default = variants.${policy.default};

  packages =
    lib.mergeAttrsList (
      lib.mapAttrsToList (
        name: product:
        {
          "wasm-${name}" = describe product.component "component: ${product.variant.summary}";
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
        install -Dm644 ${default.component}/${library}.opt.wasm -t $out
      '') "the optimised component of the default variant, ${policy.default}";
    };
}
