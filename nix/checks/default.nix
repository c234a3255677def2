# All checks: of the workspace, of each variant, and of the pipeline itself.
{
  lib,
  pkgs,
  system,
  toolchain,
  craneLib,
  workspace,
  policy,
  guest,
  optimize,
  products,
  packages,
  reports,
  tables,
  apps,
}:
let
  inherit (products) library;
  inherit (packages) wasm-gauge weft;

  perVariant =
    name: check:
    lib.mapAttrs' (variant: product: {
      name = "${name}-${variant}";
      value = check product;
    }) products.variants;

  checks =
    import ./rust.nix {
      inherit
        lib
        pkgs
        craneLib
        workspace
        policy
        products
        ;
    }
    // perVariant "size" (
      import ./size.nix {
        inherit
          pkgs
          library
          workspace
          policy
          wasm-gauge
          ;
      }
    )
    // perVariant "features" (
      import ./features.nix {
        inherit
          lib
          pkgs
          library
          workspace
          policy
          guest
          wasm-gauge
          ;
      }
    )
    // perVariant "valid" (
      import ./valid.nix {
        inherit
          lib
          pkgs
          library
          workspace
          policy
          toolchain
          ;
      }
    )
    // perVariant "twin" (import ./twin.nix { inherit pkgs library; })
    // perVariant "allocator" (import ./allocator.nix { inherit lib pkgs library policy; })
    // perVariant "tracing" (
      import ./tracing.nix {
        inherit
          lib
          pkgs
          library
          workspace
          policy
          wasm-gauge
          ;
      }
    )
    // perVariant "behaviour" (
      import ./behaviour.nix {
        inherit
          lib
          pkgs
          library
          workspace
          policy
          wasm-gauge
          weft
          ;
      }
    )
    // perVariant "stress" (import ./stress.nix { inherit pkgs library wasm-gauge weft; })
    // {
      inherit (packages) bench;
      baseline = import ./baseline.nix {
        inherit
          pkgs
          workspace
          policy
          wasm-gauge
          reports
          ;
        inherit (packages) bench;
      };
      reproducible = import ./reproducible.nix {
        inherit
          lib
          pkgs
          system
          policy
          guest
          optimize
          products
          ;
      };
      rustc-wrapper = import ./rustc-wrapper.nix {
        inherit
          lib
          pkgs
          toolchain
          workspace
          ;
        inherit (guest) rustcWrapper;
      };
      malloc-symbols = import ./malloc-symbols.nix {
        inherit
          lib
          pkgs
          policy
          guest
          ;
      };
      docs = import ./docs.nix {
        inherit
          lib
          pkgs
          workspace
          packages
          apps
          tables
          policy
          checks
          ;
      };
      std-lock = import ./std-lock.nix {
        inherit
          lib
          pkgs
          workspace
          policy
          toolchain
          ;
      };
    };
in
checks
