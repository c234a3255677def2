# Clippy, doc and test of some crates of the workspace. They are compiled once, for the tests: clippy's driver does that, and
# rustdoc reads what it reads. So no dependency is compiled in the other form that `cargo clippy` and `cargo doc` need.
#   source      makes the sources of crates
#   check       makes a derivation of a name and what cargo is to do
#   args        what crane is given besides
#   compiled    dependencies that are compiled already
#   testFlags   cargo's, for the tests
#   documented  types of crates that rustdoc reads
{
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
  args ? { },
  compiled ? null,
  testFlags ? "",
  documented ? [
    "lib"
    "cdylib"
    "bin"
  ],
}:
let
  test = "cargoWithProfile test --locked ${toString (map (crate: "--package ${crate}") crates)} ${testFlags}";
  # Only the workspace's crates are instrumented, so that the dependencies are those that are compiled without it. By bash and
  # not sh, which may drop variables whose names are no identifiers: CARGO_BIN_EXE_wasm-gauge
  compiler = pkgs.writeShellScript "compiler" ''
    set -euo pipefail
    arguments=() previous="" type="" tested=""
    for argument in "''${@:2}"; do
      case $previous:$argument in
        --crate-type:*) type=$argument ;;
        *:--test) tested=1 ;;
      esac
      case $previous:$argument in
        # what is for code alone; rustdoc remaps paths since 1.97
        --out-dir:* | *:--out-dir | *:--emit=* | *:--remap-path-prefix=*) ;;
        *) arguments+=("$argument") ;;
      esac
      previous=$argument
    done
    if [[ -z $tested && " ${toString documented} " == *" $type "* ]]; then
      [[ $type != bin ]] || arguments+=(--document-private-items)
      rustdoc "''${arguments[@]}" --out-dir documents
    fi
    exec clippy-driver "$@" -C instrument-coverage
  '';
  shared = args // {
    src = source crates;
    RUSTC_WORKSPACE_WRAPPER = compiler;
  };

  dependencies = check "${name}-deps" (
    args
    // {
      src = craneLib.mkDummySrc { src = workspace.sources; };
      cargoArtifacts = compiled;
      buildPhaseCargoCommand = "${test} --no-run";
      doInstallCargoArtifacts = true;
    }
  );
  # all tests, and what was said of them: messages
  compiledTests = check "${name}-tests" (
    shared
    // {
      nativeBuildInputs = [ pkgs.jq ];
      cargoArtifacts = dependencies;
      buildPhaseCargoCommand = ''
        ${test} --no-run --message-format json > messages ||
          { jq -r 'select(.message).message.rendered' messages >&2; exit 1; }
      '';
      doInstallCargoArtifacts = true;
      # the programs of tests too, for other inputs than their own
      installPhaseCommand = ''
        install -Dm644 messages -t $out
        jq -r 'select(.executable and .profile.test) | .executable, .target.name' messages |
          while read -r executable && read -r name; do install -Dm755 $executable $out/tests/$name; done
      '';
    }
  );
  # fails if anything was said that jq's WHICH holds of, with it
  findings =
    tool: which:
    pkgs.runCommand "${name}-${tool}" { nativeBuildInputs = [ pkgs.jq ]; } ''
      jq -r 'select(.message).message | select(.code.code // "" | ${which}).rendered' ${compiledTests}/messages > findings
      if [ -s findings ]; then cat findings >&2; exit 1; fi
      cp findings $out
    '';
in
{
  clippy = findings "clippy" ''startswith("rustdoc::") | not'';
  doc = findings "doc" ''startswith("rustdoc::")'';
  tests = compiledTests;

  # All tests, and the lines that they run, by crate.
  test = check "${name}-test" (
    shared
    // {
      nativeBuildInputs = [
        pkgs.binaryen
        pkgs.jq
        pkgs.wabt
        pkgs.wasm-tools
      ];
      cargoArtifacts = compiledTests;
      minCoverage = "85";
      buildPhaseCargoCommand = ''
        ${llvmTools}
        export LLVM_PROFILE_FILE=$PWD/profiles/%p-%m.profraw
        ${test}

        jq -r 'select(.executable) | "--object", .executable' ${compiledTests}/messages > objects
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
    }
  );
}
