# The wiring: every part is a file beside this one, and this is what each is made from.
{ inputs, system }:
let
  root = ../.;
  pkgs = inputs.nixpkgs.legacyPackages.${system};
  inherit (pkgs) lib;

  toolchain = import ./toolchain.nix {
    inherit pkgs;
    inherit (inputs) rust-overlay;
    file = root + "/rust-toolchain.toml";
  };
  craneLib = (inputs.crane.mkLib pkgs).overrideToolchain toolchain;
  workspace = import ./workspace.nix {
    inherit
      lib
      pkgs
      craneLib
      toolchain
      root
      ;
  };
  policy = import ./variants.nix {
    inherit lib root;
    inherit (workspace) stdLock;
    file = root + "/crates/clawft-wasm/gauge.toml";
  };

  remap = import ./remap.nix;
  guest = import ./guest.nix {
    inherit
      lib
      pkgs
      craneLib
      workspace
      policy
      remap
      ;
  };
  optimize = import ./optimize.nix { inherit lib pkgs; };
  products = import ./products.nix { inherit lib pkgs policy guest optimize; };

  native = import ./native.nix {
    inherit
      craneLib
      toolchain
      workspace
      remap
      ;
  };
  wasm-gauge = import ./gauge.nix { inherit native; };
  measure = import ./measure.nix {
    inherit
      lib
      pkgs
      toolchain
      wasm-gauge
      ;
    inherit (products) library;
  };

  measurements = lib.mapAttrs (_: measure) products.variants;
  # every report, as wasm-gauge takes them
  reports = toString (
    lib.mapAttrsToList (
      name: measured:
      "${name}=${measured}/report.json"
      + lib.optionalString (products.variants.${name}.p1 != null) " ${name}/wasm32-wasip1=${measured}/wasip1.json"
    ) measurements
  );
  tables = import ./tables.nix { inherit lib wasm-gauge; };

  weft = import ./weft.nix { inherit native; };
  bench = import ./bench.nix {
    inherit
      lib
      pkgs
      policy
      products
      wasm-gauge
      weft
      ;
  };

  packages =
    products.packages
    // lib.mapAttrs' (name: lib.nameValuePair "measure-${name}") measurements
    // {
      inherit wasm-gauge weft;
      bench = bench.figures;
    };
  apps = import ./apps.nix {
    inherit
      lib
      pkgs
      policy
      toolchain
      products
      wasm-gauge
      reports
      bench
      tables
      ;
  };
in
{
  inherit packages apps;
  devShells.default = import ./devshell.nix { inherit pkgs toolchain; };
  checks = import ./checks {
    inherit
      lib
      pkgs
      system
      toolchain
      craneLib
      workspace
      policy
      guest
      optimize
      products
      packages
      reports
      tables
      apps
      ;
  };
}
