# What a binary tells of itself is true: capabilities names what was built, and only a tracing build counts.
{
  pkgs,
  library,
  wasm-gauge,
}:
product:
let
  inherit (product) variant;
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
    features = builtins.toJSON variant.features;
    passAsFile = [ "calls" ];
  }
  ''
    # holds FILE TARGET FEATURES CONDITION: of the two reports, as one object
    holds() {
      wasm-gauge call $1 --corpus $callsPath > answers
      jq -s '.[2:] | map(.value | fromjson) | { capabilities: .[0], stats: .[1] }' answers > reports
      jq -e --arg target $2 --argjson features "$3" '
        .capabilities == { version: .capabilities.version, target: $target, allocator: "${variant.allocator}", features: $features }
        and .stats.allocator == "${variant.allocator}" and ('"$4"')' reports > verdict ||
        { cat reports; echo "$1: this is not what was built" >&2; exit 1; }
    }
    tracing=$(jq -cn --argjson features "$features" '$features + ["alloc-tracing"]')

    holds ${product.component}/${library}.opt.wasm wasm32-wasip2 "$features" '.stats | .tracing == false and has("counters") == false'
    holds ${product.p1}/${library}.opt.wasm wasm32-wasip1 "$features" '.stats | .tracing == false and has("counters") == false'
    holds ${product.tracing}/${library}.opt.wasm wasm32-wasip2 "$tracing" '.stats | .tracing and .counters.allocations > 0
      and .counters.peak_live_bytes >= .counters.live_bytes and .memory.heap_bytes >= .counters.peak_live_bytes'
    jq .stats reports | tee $out
  ''
