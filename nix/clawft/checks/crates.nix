# Clippy, doc and test of some crates of the workspace, with the dependencies that these share.
#   source            makes the sources of crates
#   check             makes a derivation of a name and what cargo is to do
#   extraClippy       what else clippy goes over
#   extraDependencies what that needs
#   args              what crane is given besides
#   compiled          dependencies that are compiled already
#   testFlags         cargo's, for the tests
#   documented        targets that rustdoc reads
{
  lib,
  pkgs,
  craneLib,
  workspace,
  llvmTools,
  source,
  check,
}:
{
  name,
  crates,
  extraDependencies ? "",
  extraClippy ? "",
  args ? { },
  compiled ? null,
  testFlags ? "",
  documented ? "--lib --bins",
}:
let
  packages = lib.concatMapStrings (crate: " --package ${crate}") crates;
  test = "cargoWithProfile test --locked ${packages} ${testFlags}";
  # there are no examples: asking for them gives dependencies the features that tests ask for
  doc = targets: "cargoWithProfile doc --locked --no-deps ${targets} --examples ${packages}";
  shared = args // {
    src = source crates;
    cargoArtifacts = check "${name}-deps" (
      args
      // {
        src = craneLib.mkDummySrc { src = workspace.sources; };
        cargoArtifacts = compiled;
        buildPhaseCargoCommand = ''
          cargoWithProfile check --locked --all-targets ${packages}
          ${test} --no-run
          ${doc "--lib --bins"}
          ${extraDependencies}
        '';
        doInstallCargoArtifacts = true;
      }
    );
  };
in
{
  clippy = check "${name}-clippy" (
    shared
    // {
      buildPhaseCargoCommand = ''
        cargoWithProfile clippy --locked --all-targets ${packages} -- --deny warnings
        ${extraClippy}
      '';
      installPhaseCommand = "touch $out";
    }
  );

  doc = check "${name}-doc" (
    shared
    // {
      RUSTDOCFLAGS = "--deny warnings";
      buildPhaseCargoCommand = doc documented;
      installPhaseCommand = "touch $out";
    }
  );

  # All tests, and the lines that they run, by crate. Only the workspace's crates are instrumented, so that the
  # dependencies are those of the other checks.
  test = check "${name}-test" (
    shared
    // {
      nativeBuildInputs = [
        pkgs.binaryen
        pkgs.jq
        pkgs.wabt
        pkgs.wasm-tools
      ];
      minCoverage = "85";
      # not sh, which may drop variables whose names are no identifiers: CARGO_BIN_EXE_wasm-gauge
      RUSTC_WORKSPACE_WRAPPER = pkgs.writeShellScript "rustc-with-coverage" ''exec "$@" -C instrument-coverage'';
      buildPhaseCargoCommand = ''
        ${llvmTools}
        export LLVM_PROFILE_FILE=$PWD/profiles/%p-%m.profraw
        ${test} --no-run --message-format json-render-diagnostics > messages
        ${test}

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
}
