# The workspace's own checks: clippy, msrv, fmt, test, doc.
{
  lib,
  pkgs,
  craneLib,
  workspace,
  policy,
  products,
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
in
{
  clippy = check "clippy" {
    buildPhaseCargoCommand = ''
      cargoWithProfile clippy --locked --workspace --all-targets -- --deny warnings
    ''
    + lib.concatStringsSep "" (
      lib.unique (
        lib.concatMap (
          variant:
          map (target: ''
            cargoWithProfile clippy --locked --package ${policy.package} --target ${target} \
              --features '${toString variant.features}' -- --deny warnings
            cargoWithProfile clippy --locked --package ${policy.package} --target ${target} \
              --features '${toString (variant.features ++ [ "alloc-tracing" "bench" ])}' -- --deny warnings
          '') variant.targets
        ) (builtins.attrValues policy.variants)
      )
    );
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

  # All tests, those of wasm-gauge over every product too, and the lines that they run, by crate. Only the workspace's
  # crates are instrumented, so that the dependencies are those of the other checks.
  test = check "test" {
    nativeBuildInputs = [
      pkgs.binaryen
      pkgs.jq
      pkgs.llvm
      pkgs.wabt
      pkgs.wasm-tools
    ];
    WASM_GAUGE_BINARIES = lib.concatStringsSep ":" (
      lib.concatMap (product: product.shipped) (builtins.attrValues products.variants)
    );
    minCoverage = "85";
    # not sh, which may drop variables whose names are no identifiers: CARGO_BIN_EXE_wasm-gauge
    instrumented = ''
      #!${pkgs.bashInteractive}/bin/bash
      exec "$@" -C instrument-coverage
    '';
    passAsFile = [ "instrumented" ];
    buildPhaseCargoCommand = ''
      install -m755 $instrumentedPath instrumented
      export RUSTC_WORKSPACE_WRAPPER=$PWD/instrumented LLVM_PROFILE_FILE=$PWD/profiles/%p-%m.profraw
      cargoWithProfile test --locked --workspace --no-run --message-format json-render-diagnostics > messages
      cargoWithProfile test --locked --workspace

      jq -r 'select(.executable) | "--object", .executable' messages > objects
      llvm-profdata merge --sparse profiles -o merged.profdata
      llvm-cov export --summary-only --instr-profile merged.profdata $(cat objects) > coverage.json
      jq -r --arg crates $PWD/crates/ '
        [.data[].files[] | select(.filename | startswith($crates) and contains("/src/"))]
        | group_by(.filename | ltrimstr($crates) | split("/")[0])[]
        | (.[0].filename | ltrimstr($crates) | split("/")[0]) as $crate
        | (map(.summary.lines.count) | add) as $count | (map(.summary.lines.covered) | add) as $covered
        | "\($crate) \($covered * 100 / $count | floor) % (\($covered) of \($count) lines)"' coverage.json > coverage
      cat coverage
      while read -r crate percent _; do
        [ $percent -ge $minCoverage ] || { echo "the tests run less than $minCoverage % of $crate" >&2; exit 1; }
      done < coverage
    '';
    installPhaseCommand = "install -Dm644 coverage -t $out";
  };

  doc = check "doc" {
    RUSTDOCFLAGS = "--deny warnings";
    buildPhaseCargoCommand = "cargoWithProfile doc --locked --workspace --no-deps";
  };
}
