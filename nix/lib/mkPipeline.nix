# A Rust crate and its gauge.toml -> what is built of it, measured and checked. Every part is a function in a file beside this
# one, and takes from the table here what its arguments name.
{ inputs }:
{
  system,
  # the workspace: a folder with Cargo.toml and Cargo.lock
  src,
  # the policy's path in it; the one gauge.toml beside a crate when null
  policy ? null,
  # paths in it that no build reads, as folders of documents
  ignore ? [ ],
  # what else the builds of the guest are given, as crane's functions take it: nativeBuildInputs, environment variables
  craneArgs ? { },
  # parts of one's own, and others in the place of those here, as an overlay of nixpkgs has them: FINAL: PREVIOUS: PARTS
  extend ? _: _: { },
}:
let
  pkgs = inputs.nixpkgs.legacyPackages.${system};
  inherit (pkgs) lib;

  base =
    parts:
    let
      call = import ./call.nix parts;
    in
    {
      inherit
        inputs
        system
        pkgs
        lib
        call
        craneArgs
        ;
      root = src;
      policyFile = policy;
      ignore = [
        "flake.lock"
        "flake.nix"
      ]
      ++ parts.policy.notBuilt
      ++ ignore;

      describe = import ./describe.nix;

      # tools, and what cargo builds from
      toolchain = call ./toolchain.nix { };
      craneLib = (inputs.crane.mkLib pkgs).overrideToolchain parts.toolchain;
      workspace = call ./workspace.nix { };
      remap = import ./remap.nix;
      llvmTools = import ./llvm-tools.nix;
      rustcWrapper = pkgs.writeShellScript "rustc-wrapper" (builtins.readFile ./rustc-wrapper.sh);
      own = call ./own.nix { };
      provided = call ./provided.nix { };
      native = call ./native.nix { };
      wasm-gauge = call ./wasm-gauge.nix { };

      # the rows of gauge.toml, and what is built of them
      policy = call ./policy.nix { };
      inherit (parts.policy) binary calls workloads;
      guest = call ./guest.nix { };
      optimize = call ./optimize.nix { };
      products = call ./products.nix { };

      # what is measured
      measurements = lib.mapAttrs (_: call ./measure.nix { }) parts.products.variants;
      # the measurements of one variant, and of all, as wasm-gauge takes them
      reportsOf =
        name:
        "${name}=${parts.measurements.${name}}/component.json"
        + lib.optionalString parts.policy.variants.${name}.wasip1
          " ${name}/wasm32-wasip1=${parts.measurements.${name}}/wasip1.json";
      reports = toString (map parts.reportsOf (builtins.attrNames parts.measurements));
      # what `wasm-gauge report` takes besides: workloads, how what ships came to be, what checks say of it, measurements
      reported = call ./reported.nix { };
      report = call ./report.nix { };
      # shell: what is made again of baseline.json once it is written
      remake = "";
      answers = call ./answers.nix { };
      # the workloads on the variants, or null where there are none
      bench = if parts.workloads == { } then null else call ./bench.nix { };
      figures = if parts.bench == null then null else parts.bench.figures;
      # native programs: `figures`, a folder with native.json of `wasm-gauge native`, and `run`, its arguments for what is not the
      # same each time; or null where there are none
      programs = null;
      verdicts = lib.mapAttrs' (
        name: _: lib.nameValuePair "verdict-${name}" (call ./verdict.nix { } name)
      ) parts.policy.variants;

      # what a flake shows
      packages =
        parts.products.packages
        // lib.mapAttrs' (
          name: drv:
          lib.nameValuePair "measure-${name}" (
            parts.describe drv "sizes and contents, as JSON: ${parts.policy.variants.${name}.summary}"
          )
        ) parts.measurements
        // parts.verdicts
        // lib.mapAttrs' (
          name: variant: lib.nameValuePair "sbom-${name}" (call ./sbom.nix { } variant)
        ) parts.policy.variants
        // lib.optionalAttrs (parts.bench != null) { bench = parts.figures; }
        // {
          inherit (parts) report wasm-gauge;
          verdict = parts.verdicts."verdict-${parts.policy.default}";
        };
      apps = call ./apps.nix { };
      # a check that is null does not concern its row
      perVariant =
        family: description: check:
        lib.mapAttrs' (
          name: drv: lib.nameValuePair "${family}-${name}" (parts.describe drv description)
        ) (lib.filterAttrs (_: drv: drv != null) (lib.mapAttrs (_: check) parts.products.variants));
      checks = call ./checks { };
      devShell = call ./devshell.nix { };
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
