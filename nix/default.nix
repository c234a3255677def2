# This repository's own outputs: the pipeline of nix/lib for the guest, what only the agent has, and what others take.
{ inputs }:
let
  lib = import ./lib { inherit inputs; };
  outputs = lib.mkFlake {
    src = ../.;
    # what no build of a crate reads
    ignore = [
      ".ci"
      ".github"
      ".gitignore"
      ".shellcheckrc"
      "CHANGELOG.md"
      "CONTRIBUTING.md"
      "README.md"
      "docs"
      "nix"
      "nixw"
      "templates"
      "crates/clawft-agent/tests"
      "crates/clawft-cli/tests"
      "crates/clawft-wasm/tests"
      "crates/clawft-workload/tests"
      "crates/wasm-gauge/fuzz"
      "crates/wasm-gauge/tests"
    ];
    extend = import ./clawft;
  };
in
outputs
// {
  inherit lib;
  # for flakes that are made with flake-parts
  flakeModules.default = import ./lib/flakeModule.nix { inherit (lib) mkPipeline; };
  overlays.default = final: _: {
    inherit (outputs.packages.${final.stdenv.hostPlatform.system}) wasm-gauge;
  };
  templates = rec {
    component = {
      path = ../templates/component;
      description = "a component in Rust with two allocators to choose from, a budget, bans and recorded calls";
    };
    default = component;
  };
}
