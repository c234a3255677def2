# A Rust crate and its gauge.toml -> what is built of it, measured and checked. Every part is a function in a file beside this
# one, and takes from the table here what its arguments name.
{ inputs }:
{
  system,
  # the workspace: a folder with Cargo.toml and Cargo.lock
  src,
  # parts of one's own, and others in the place of those here: as an overlay of nixpkgs has them, FINAL: PREVIOUS: PARTS
  extend ? _: _: { },
}:
let
  pkgs = inputs.nixpkgs.legacyPackages.${system};
  inherit (pkgs) lib;

  base = parts: {
    inherit
      inputs
      system
      pkgs
      lib
      ;
    root = src;
    call = import ./call.nix parts;

    # tools, and what cargo builds from
    toolchain = parts.call ./toolchain.nix { };
    craneLib = (inputs.crane.mkLib pkgs).overrideToolchain parts.toolchain;
    workspace = parts.call ./workspace.nix { };
    remap = import ./remap.nix;
    llvmTools = import ./llvm-tools.nix;
    rustcWrapper = pkgs.writeShellScript "rustc-wrapper" (builtins.readFile ./rustc-wrapper.sh);
    native = parts.call ./native.nix { };
    wasm-gauge = parts.call ./wasm-gauge.nix { };

    # the rows of gauge.toml, and what is built of them
    policy = parts.call ./policy.nix { };
    guest = parts.call ./guest.nix { };
    optimize = parts.call ./optimize.nix { };
    products = parts.call ./products.nix { };
    inherit (parts.products) library;

    # what is measured
    measurements = lib.mapAttrs (_: parts.call ./measure.nix { }) parts.products.variants;
    # the reports of one variant, and of all, as wasm-gauge takes them
    reportsOf =
      name:
      "${name}=${parts.measurements.${name}}/report.json"
      + lib.optionalString parts.policy.variants.${name}.wasip1
        " ${name}/wasm32-wasip1=${parts.measurements.${name}}/wasip1.json";
    reports = toString (map parts.reportsOf (builtins.attrNames parts.measurements));
    # shell: what is made again of baseline.json once it is written
    remake = "";

    # workloads run on the variants, or null
    bench = null;
    figures = if parts.bench == null then null else parts.bench.figures;
    verdicts = lib.mapAttrs' (
      name: _: lib.nameValuePair "verdict-${name}" (parts.call ./verdict.nix { } name)
    ) parts.policy.variants;

    # what a flake shows
    packages =
      parts.products.packages
      // lib.mapAttrs' (name: lib.nameValuePair "measure-${name}") parts.measurements
      // parts.verdicts
      // lib.optionalAttrs (parts.bench != null) { bench = parts.figures; }
      // {
        inherit (parts) wasm-gauge;
        verdict = parts.verdicts."verdict-${parts.policy.default}";
      };
    apps = parts.call ./apps.nix { };
    perVariant =
      family: check:
      lib.mapAttrs' (
        name: product: lib.nameValuePair "${family}-${name}" (check product)
      ) parts.products.variants;
    checks = parts.call ./checks { };
    devShell = parts.call ./devshell.nix { };
  };

  parts =
    let
      previous = base parts;
    in
    previous // extend parts previous;
in
{
  inherit (parts) packages apps checks;
  devShells.default = parts.devShell;
}
