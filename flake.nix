{
  description = "clawft: a reproducible build pipeline for Rust WebAssembly components";

  inputs = {
    nixpkgs.url = "github:NixOS/nixpkgs/nixos-26.05";
    crane.url = "github:ipetkov/crane";
    rust-overlay = {
      url = "github:oxalica/rust-overlay";
      inputs.nixpkgs.follows = "nixpkgs";
    };
  };

  outputs =
    inputs@{ nixpkgs, ... }:
    let
      systems = builtins.filter (system: nixpkgs.legacyPackages ? ${system}) [
        "x86_64-linux"
        "aarch64-linux"
        "aarch64-darwin"
      ];
      pipeline = nixpkgs.lib.genAttrs systems (system: import ./nix { inherit inputs system; });
      each = output: builtins.mapAttrs (_: p: p.${output}) pipeline;
    in
    {
      packages = each "packages";
      checks = each "checks";
      # so that one check is `nix build .#NAME` on every system
      legacyPackages = each "checks";
      apps = each "apps";
      devShells = each "devShells";
    };
}
