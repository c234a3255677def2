# The wiring: every part is a function in a file beside this one, and takes from this table what its arguments name.
{ inputs, system }:
let
  pkgs = inputs.nixpkgs.legacyPackages.${system};
  inherit (pkgs) lib;
  call = import ./call.nix parts;

  parts = {
    inherit
      inputs
      system
      pkgs
      lib
      call
      ;
    root = ../.;

    # tools, and what cargo builds from
    toolchain = call ./toolchain.nix { };
    craneLib = (inputs.crane.mkLib pkgs).overrideToolchain parts.toolchain;
    workspace = call ./workspace.nix { };
    remap = import ./remap.nix;
    llvmTools = import ./llvm-tools.nix;
    rustcWrapper = pkgs.writeShellScript "rustc-wrapper" (builtins.readFile ./rustc-wrapper.sh);

    # the rows of gauge.toml, and what is built of them
    policy = call ./variants.nix { };
    guest = call ./guest.nix { };
    optimize = call ./optimize.nix { };
    products = call ./products.nix { };
    inherit (parts.products) library;

    # what runs here: the tool, the agent
    native = call ./native.nix { };
    wasm-gauge = call ./gauge.nix { };
    weft = call ./weft.nix { };

    # what is measured
    measurements = lib.mapAttrs (_: call ./measure.nix { }) parts.products.variants;
    # the reports of one variant, and of all, as wasm-gauge takes them
    reportsOf =
      name:
      "${name}=${parts.measurements.${name}}/report.json"
      + lib.optionalString parts.policy.variants.${name}.wasip1
        " ${name}/wasm32-wasip1=${parts.measurements.${name}}/wasip1.json";
    reports = toString (map parts.reportsOf (builtins.attrNames parts.measurements));
    bench = call ./bench.nix { };
    tables = call ./tables.nix { };

    # what the flake shows
    packages =
      parts.products.packages
      // lib.mapAttrs' (name: lib.nameValuePair "measure-${name}") parts.measurements
      // parts.verdicts
      // {
        inherit (parts) wasm-gauge weft;
        verdict = parts.verdicts."verdict-${parts.policy.default}";
        bench = parts.bench.figures;
      };
    verdicts = lib.mapAttrs' (
      name: _: lib.nameValuePair "verdict-${name}" (call ./verdict.nix { } name)
    ) parts.policy.variants;
    apps = call ./apps.nix { };
    checks = call ./checks { };
  };
in
{
  inherit (parts) packages apps checks;
  devShells.default = call ./devshell.nix { };
}
