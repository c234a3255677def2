# Random allocations, every byte of them checked: with memory enough, and with too little of it. A seed that fails is in
# the answer that is shown.
{
  pkgs,
  library,
  wasm-gauge,
  weft,
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
      weft
    ];
  }
  ''
    # holds MEMORY REPETITIONS CONDITION: of the answers, one for every seed
    holds() {
      weft workload stress --repetitions $2 > calls
      wasm-gauge call ${product.bench}/${library}.opt.wasm --max-memory $1 --corpus calls > answers
      jq -s '.[1:] | map(if .ok then .ok | fromjson else . end)' answers > runs
      jq -e "$3" runs > verdict || { jq -c 'map(select(has("err"))) + .[:3] | .[]' runs; echo "with $1 of memory: not $3" >&2; exit 1; }
      jq -r --arg memory $1 '"with \($memory) of memory: \(length) seeds, \(map(.allocations) | add) allocations, \(map(.failures) | add) failed, every byte as it should be"' runs | tee -a $out
    }
    ${
      if variant.one-shot then
        # It runs out of memory, and says so or, with none left for an answer, gives up: by no other trap.
        ''
          if (holds 64MiB 1 'all(.[]; .allocations > 0 and .out_of_memory)') 2> trap; then
            :
          elif grep 'wasm trap: wasm `unreachable` instruction executed' trap; then
            echo "with 64MiB of memory: ended for want of it" | tee $out
          else
            cat trap >&2
            exit 1
          fi
        ''
      else
        ''
          holds 64MiB 100 'all(.[]; .failures == 0 and .allocations > 0)'
          holds 4MiB 10 'all(.[]; .allocations > 0) and any(.[]; .failures > 0)'
        ''
    }
  ''
