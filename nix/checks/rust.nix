# The workspace's own checks: clippy, msrv, fmt, test, doc.
{
  lib,
  pkgs,
  craneLib,
  workspace,
  policy,
}:
let
  common = {
    inherit (workspace) version cargoVendorDir;
    pname = "clawft";
    CARGO_PROFILE = "";
    doCheck = false;
  };
  dependencies = craneLib.buildDepsOnly (
    common
    // {
      src = workspace.root;
      buildPhaseCargoCommand = ''
        cargoWithProfile check --locked --workspace --all-targets
        cargoWithProfile test --locked --workspace --no-run
        # without the features of dev-dependencies
        cargoWithProfile doc --locked --workspace --no-deps
      '';
    }
  );
  check =
    name: args:
    craneLib.mkCargoDerivation (
      common
      // {
        pnameSuffix = "-${name}";
        src = workspace.source;
        cargoArtifacts = dependencies;
        doInstallCargoArtifacts = false;
      }
      // args
    );

  variants = builtins.attrValues policy.variants;
in
{
  clippy = check "clippy" {
    buildPhaseCargoCommand = ''
      cargoWithProfile clippy --locked --workspace --all-targets -- --deny warnings
    ''
    + lib.concatMapStrings (target: ''
      for features in ${lib.escapeShellArgs (map (variant: toString variant.features) variants)}; do
        cargoWithProfile clippy --locked --package ${policy.package} --target ${target} \
          --features "$features" -- --deny warnings
        cargoWithProfile clippy --locked --package ${policy.package} --target ${target} \
          --features "$features alloc-tracing" -- --deny warnings
      done
    '') policy.targets;
  };

  # The toolchain at hand may be newer than the pin: what the locked crates ask for must not be.
  msrv = check "msrv" {
    cargoArtifacts = null;
    nativeBuildInputs = [ pkgs.jq ];
    buildPhaseCargoCommand = ''
      cargo metadata --locked --offline --format-version 1 > metadata.json
      jq -r '.packages[] | select(.rust_version) | "\(.rust_version) \(.name) \(.version)"' metadata.json |
        sort -V > declared
      pin=${(lib.importTOML (workspace.root + "/Cargo.toml")).workspace.package.rust-version}
      echo "$(wc -l < declared) of $(jq '.packages | length' metadata.json) locked crates declare a rust-version; the newest:"
      tail -n 3 declared
      newest=$(tail -n 1 declared)
      if [ "$(printf '%s\n' "$pin" "''${newest%% *}" | sort -V | tail -n 1)" != "$pin" ]; then
        echo "$newest needs a newer Rust than the pinned $pin" >&2
        exit 1
      fi
    '';
  };

  fmt = check "fmt" {
    cargoArtifacts = null;
    cargoVendorDir = null;
    buildPhaseCargoCommand = "cargo fmt --all -- --check";
  };

  test = check "test" {
    nativeBuildInputs = [
      pkgs.binaryen
      pkgs.wabt
      pkgs.wasm-tools
    ];
    buildPhaseCargoCommand = "cargoWithProfile test --locked --workspace";
  };

  # Lines that the tests run, by crate. Only the workspace's crates are instrumented, so that the dependencies are
  # those of the other checks.
  coverage = check "coverage" {
    nativeBuildInputs = [
      pkgs.binaryen
      pkgs.jq
      pkgs.llvm
      pkgs.wabt
      pkgs.wasm-tools
    ];
    RUSTC_WORKSPACE_WRAPPER = builtins.toFile "instrumented" ''
      #!/bin/sh
      exec "$@" -C instrument-coverage
    '';
    buildPhaseCargoCommand = ''
      install -m755 $RUSTC_WORKSPACE_WRAPPER instrumented
      export RUSTC_WORKSPACE_WRAPPER=$PWD/instrumented LLVM_PROFILE_FILE=$PWD/profiles/%p-%m.profraw
      cargoWithProfile test --locked --workspace --no-run --message-format json > messages
      cargoWithProfile test --locked --workspace
      jq -r 'select(.executable) | "--object", .executable' messages > objects
      llvm-profdata merge --sparse profiles -o merged.profdata
      llvm-cov export --summary-only --instr-profile merged.profdata $(cat objects) \
        --ignore-filename-regex '(/vendor/|/rustc/|\.cargo|/tests/)' > coverage.json
    '';
    installPhaseCommand = ''
      jq -r --arg source $PWD '
        [.data[].files[] | { crate: (.filename | ltrimstr($source + "/crates/") | split("/")[0]), lines: .summary.lines }]
        | group_by(.crate)[]
        | { crate: .[0].crate, covered: (map(.lines.covered) | add), lines: (map(.lines.count) | add) }
        | "\(.crate) \(.covered) of \(.lines) lines, \(.covered * 1000 / .lines | floor / 10) %"' coverage.json | tee $out
    '';
  };

  doc = check "doc" {
    RUSTDOCFLAGS = "--deny warnings";
    buildPhaseCargoCommand = "cargoWithProfile doc --locked --workspace --no-deps";
  };
}
