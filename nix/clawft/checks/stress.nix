# Random allocations, every byte of them checked: with memory enough, and with too little of it. A seed that fails is in
# the answer that is shown.
{
  pkgs,
  binary,
  wasm-gauge,
  workload,
}:
product:
let
  inherit (product) variant;
in
pkgs.runCommand "stress-${variant.name}"
  {
    nativeBuildInputs = [
      pkgs.jq
      wasm-gauge
      workload
    ];
  }
  ''
    # answers MEMORY SEEDS: what the seeds came to, in `runs`, and the exit code of the calls
    answers() {
      memory=$1
      seeds=$2
      clawft-workload calls stress --repetitions $seeds > calls
      status=0
      wasm-gauge call ${product.tracing}/${binary}.opt.wasm --max-memory $memory --calls calls > answers 2> trap || status=$?
      jq -s '.[2:] | map(if .ok then .ok | fromjson else . end)' answers > runs
    }

    # holds CONDITION: of these answers, one for every seed
    holds() {
      [ $status = 0 ] || { cat trap >&2; exit $status; }
      jq -e --argjson seeds $seeds "length == \$seeds and ($1)" runs > verdict || { jq -c 'map(select(has("err"))) + .[:3] | .[]' runs; echo "with $memory of memory: not $1" >&2; exit 1; }
      jq -r --arg memory $memory '"with \($memory) of memory: \(length) seeds, \(map(.allocations) | add) allocations, \(map(.failures) | add) failed, every byte as it should be"' runs | tee -a $out
    }
    ${
      if variant.one-shot then
        # It runs out of memory, and says so or, with none left for an answer, gives up: by no other trap.
        ''
          answers 64MiB 1
          if [ $status = 0 ]; then
            holds 'all(.[]; .allocations > 0 and .out_of_memory)'
          else
            cat trap >&2
            grep -q 'wasm trap: wasm `unreachable` instruction executed' trap
            echo "with $memory of memory: gave up for want of it" | tee $out
          fi
        ''
      else
        ''
          answers 64MiB 100
          holds 'all(.[]; .failures == 0 and .allocations > 0)'
          answers 4MiB 10
          holds 'all(.[]; .allocations > 0) and any(.[]; .failures > 0)'
        ''
    }
  ''
