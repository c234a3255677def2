# What a binary tells of itself is true: capabilities names what was built, only a tracing build counts, and what it
# counts while it replays the recorded trace is what jq counts in the records.
{
  lib,
  pkgs,
  binary,
  workspace,
  policy,
  wasm-gauge,
}:
let
  # what one replay adds to the counters by the records of the trace, in `expected`, and by wrong ones in `planted-*`
  counters = pkgs.runCommand "trace-counters" { nativeBuildInputs = [ pkgs.jq ]; } ''
    # records FILTER: of the words, once the filter has changed them
    records() {
      od -An -v -t u2 --endian=little ${
        workspace.alone (workspace.root + "/crates/${policy.package}/src/bench/mixed.trace")
      } | jq -sS "$1" | jq -S --from-file ${./trace-counters.jq}
    }
    # the words, with the last record that allocates (2) or reallocates (1) asking for 64 KiB more
    larger() { echo ". as \$words | .[2 + last(range(0; length; 3) | select(\$words[.] % 4 == $1))] += 1"; }

    mkdir $out
    records . > $out/expected
    for kind in 1 2; do records "$(larger $kind)" > $out/planted-$kind; done
  '';
in
product:
let
  inherit (product) variant;
  # target -> what ships for it
  shipped = {
    ${variant.target} = product.artifact;
  }
  // lib.optionalAttrs (product.p1 != null) { wasm32-wasip1 = product.p1; };
in
pkgs.runCommand "tracing-${variant.name}"
  {
    nativeBuildInputs = [
      pkgs.jq
      wasm-gauge
    ];
    calls = ''
      {"call":"init","args":["{\"model\":\"m\"}"]}
      {"call":"process-message","args":["Hello"]}
      {"call":"capabilities","args":[]}
      {"call":"alloc-stats","args":[]}
    '';
    # the same calls but for the replay: what else they allocate is the same
    replays = ''
      {"call":"init","args":["{\"model\":\"m\"}"]}
      {"call":"bench","args":["{\"workload\":\"mixed\",\"repetitions\":0}"]}
      {"call":"alloc-stats","args":[]}
      {"call":"bench","args":["{\"workload\":\"mixed\",\"repetitions\":1}"]}
      {"call":"alloc-stats","args":[]}
    '';
    features = builtins.toJSON variant.features;
    tracingFeatures = builtins.toJSON product.measured.features;
    passAsFile = [
      "calls"
      "replays"
    ];
  }
  ''
    # holds FILE TARGET FEATURES CONDITION [OPTION...]: of the two reports, as one object; all answers are left in `answers`
    holds() {
      wasm-gauge call $1 --calls $callsPath "''${@:5}" > answers
      jq -s '.[2:4] | map(.value | fromjson) | { capabilities: .[0], stats: .[1] }' answers > reports
      jq -e --arg target $2 --argjson features "$3" '
        .capabilities == { version: .capabilities.version, target: $target, allocator: "${variant.allocator}", features: $features }
        and .stats.allocator == "${variant.allocator}" and ('"$4"')' reports > verdict ||
        { cat reports; echo "$1: this is not what was built" >&2; exit 1; }
    }
    ${lib.concatStringsSep "" (
      lib.mapAttrsToList (target: files: ''
        holds ${files}/${binary}.opt.wasm ${target} "$features" '.stats | .tracing == false and has("counters") == false'
      '') shipped
    )}
    holds ${product.tracing}/${binary}.opt.wasm ${variant.target} "$tracingFeatures" '.stats | .tracing and .counters.allocations > 0
      and .counters.peak_live_bytes >= .counters.live_bytes and .memory.heap_bytes >= .counters.peak_live_bytes' \
      --calls $replaysPath
    jq .stats reports | tee $out

    jq -sS '
      def minus($other): if type == "object" then with_entries(.key as $key | .value |= minus($other[$key])) else . - $other end;
      .[4:] | (.[2], .[4]) |= (.value | fromjson | .counters) | .[2] as $before | .[4] | minus($before)' answers > counted
    for planted in ${counters}/planted-*; do
      ! cmp --silent $planted counted || { echo "a wrong record is not noticed: $planted" >&2; exit 1; }
    done
    diff ${counters}/expected counted || { echo "a replay of the trace is not counted as its records are (<)" >&2; exit 1; }
    echo "a replay of the trace is counted as its records are: $(jq -c . counted)" | tee -a $out
  ''
