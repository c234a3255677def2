# A recorded trace -> what one replay of it adds to the counters of `alloc-stats`. Input: the words of 16 bits of the
# file, three a record, as crates/clawft-wasm/src/bench/trace.rs describes them.

def class:
  if . <= 64 then "to_64"
  elif . <= 256 then "to_256"
  elif . <= 1024 then "to_1024"
  elif . <= 4096 then "to_4096"
  else "larger"
  end;

# `$bytes` more than before are live.
def grow($bytes):
  .allocated_bytes += $bytes
  | .live_bytes += $bytes
  | .peak_live_bytes = ([.peak_live_bytes, .live_bytes] | max);

. as $words
| reduce range(0; length; 3) as $at (
    {
      slots: {},
      allocations: 0, classes: { to_64: 0, to_256: 0, to_1024: 0, to_4096: 0, larger: 0 }, allocated_bytes: 0,
      deallocations: 0, reallocations: 0, failures: 0, live_allocations: 0, live_bytes: 0, peak_live_bytes: 0
    };
    ($words[$at] % 4) as $kind
    | ($words[$at] / 32 | floor | tostring) as $slot
    | ($words[$at + 1] + 65536 * $words[$at + 2]) as $size
    | .slots[$slot] as $old
    | if ($kind == 2) != ($old == null) then error("record \($at / 3): slot \($slot) holds \($old)") else . end
    | if $kind == 2 then
        .allocations += 1 | .classes[$size | class] += 1 | .slots[$slot] = $size | grow($size)
      elif $kind == 1 then
        .reallocations += 1 | .slots[$slot] = $size
        | if $size > $old then grow($size - $old) else .live_bytes -= $old - $size end
      else
        .deallocations += 1 | .live_bytes -= $old | del(.slots[$slot])
      end
  )
# the replay ends by freeing what the recording left live
| .deallocations += (.slots | length)
| .live_bytes -= ([.slots[]] | add // 0)
| del(.slots)
