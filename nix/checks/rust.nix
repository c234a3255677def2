# The workspace's own checks: clippy, doc, test, fmt, msrv. The tool has far more dependencies than the other crates, and
# is not edited with them: each has the first three for itself.
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
  check =
    name: args:
    craneLib.mkCargoDerivation (
      common
      // {
        pnameSuffix = "-${name}";
        cargoArtifacts = null;
        doInstallCargoArtifacts = false;
      }
      // args
    );
  # clippy, doc and test of some crates; extraClippy: what else clippy goes over, extraDependencies: what that needs
  ofCrates =
    {
      name,
      crates,
      extraDependencies ? "",
      extraClippy ? "",
    }:
    let
      packages = lib.concatMapStrings (crate: " --package ${crate}") crates;
      args = {
        src = workspace.wholeSourceOf crates;
        cargoArtifacts = craneLib.buildDepsOnly (
          common
          // {
            src = workspace.root;
            buildPhaseCargoCommand = ''
              cargoWithProfile check --locked --all-targets ${packages}
              cargoWithProfile test --locked --no-run ${packages}
              # without the features of dev-dependencies
              cargoWithProfile doc --locked --no-deps ${packages}
              ${extraDependencies}
            '';
          }
        );
      };
    in
    {
      clippy = check "${name}-clippy" (
        args
        // {
          buildPhaseCargoCommand = ''
            cargoWithProfile clippy --locked --all-targets ${packages} -- --deny warnings
            ${extraClippy}
          '';
          installPhaseCommand = "touch $out";
        }
      );

      doc = check "${name}-doc" (
        args
        // {
          RUSTDOCFLAGS = "--deny warnings";
          buildPhaseCargoCommand = "cargoWithProfile doc --locked --no-deps ${packages}";
          installPhaseCommand = "touch $out";
        }
      );

      # All tests, and the lines that they run, by crate. Only the workspace's crates are instrumented, so that the
      # dependencies are those of the other checks.
      test = check "${name}-test" (
        args
        // {
          nativeBuildInputs = [
            pkgs.binaryen
            pkgs.jq
            pkgs.llvm
            pkgs.wabt
            pkgs.wasm-tools
          ];
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
            cargoWithProfile test --locked ${packages} --no-run --message-format json-render-diagnostics > messages
            cargoWithProfile test --locked ${packages}

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
          # the programs of tests too, for other inputs than their own
          installPhaseCommand = ''
            install -Dm644 coverage -t $out
            jq -r 'select(.executable and .profile.test) | .executable, .target.name' messages |
              while read -r executable && read -r name; do install -Dm755 $executable $out/tests/$name; done
          '';
        }
      );
    };

  tool = "wasm-gauge";
  ofTool = ofCrates {
    name = "tool";
    crates = [ tool ];
  };

  # `cargo COMMAND` on the guest for what it is built for
  onGuest =
    command: target: features:
    "cargoWithProfile ${command} --locked --package ${policy.package} --target ${target} --features '${toString features}'";
  variants = builtins.attrValues policy.variants;
  default = policy.variants.${policy.default};
  # every variant for its component's target, and the default for its others and with what only measures
  guests = lib.unique (
    map (variant: { inherit (variant) target features; }) variants
    ++ lib.concatMap (target: [
      {
        inherit target;
        inherit (default) features;
      }
      {
        inherit target;
        features = default.features ++ [
          "alloc-tracing"
          "bench"
        ];
      }
    ]) default.targets
  );
  ofAgent = ofCrates {
    name = "agent";
    crates = lib.subtractLists [ tool ] workspace.members;
    # all allocators at once, which an empty guest does not refuse
    extraDependencies = lib.concatMapStrings (
      target: onGuest "check" target (lib.unique (lib.concatMap (variant: variant.features) variants)) + "\n"
    ) (lib.unique (map (guest: guest.target) guests));
    extraClippy = lib.concatMapStrings (
      guest: onGuest "clippy" guest.target guest.features + " -- --deny warnings\n"
    ) guests;
  };

  # wasm-gauge beside tools that nobody here wrote, on what ships of the default variant and of those of another target
  # or standard library
  oracles =
    let
      isOther = variant: variant.target != default.target || variant.std != default.std;
      compared = lib.filter (product: product.variant.name == default.name || isOther product.variant) (
        builtins.attrValues products.variants
      );
    in
    pkgs.runCommand "oracles"
      {
        nativeBuildInputs = [ pkgs.wabt ];
        WASM_GAUGE_BINARIES = lib.concatStringsSep ":" (lib.concatMap (product: product.shipped) compared);
      }
      ''
        LLVM_PROFILE_FILE=profile ${ofTool.test}/tests/integration oracles:: | tee $out
      '';

in
{
  clippy = pkgs.runCommand "clippy" { } "cat ${ofAgent.clippy} ${ofTool.clippy} > $out";
  doc = pkgs.runCommand "doc" { } "cat ${ofAgent.doc} ${ofTool.doc} > $out";
  test = pkgs.runCommand "test" { } ''
    cat ${ofAgent.test}/coverage ${ofTool.test}/coverage ${oracles} | tee $out
  '';

  # The toolchain at hand may be newer than the pin: what the locked crates ask for must not be.
  msrv = check "msrv" {
    src = workspace.wholeSourceOf workspace.members;
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
    src = workspace.wholeSourceOf workspace.members;
    cargoVendorDir = null;
    buildPhaseCargoCommand = "cargo fmt --all -- --check";
  };
}
