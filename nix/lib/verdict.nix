# What an edit is judged by within half a minute: one variant, built, and all that is asked of it but what takes longer
# (stress, tracing, bench).
{
  pkgs,
  call,
  reportsOf,
  checks,
}:
name:
let
  ratchet = call ./checks/baseline.nix {
    figures = null;
    name = "baseline-${name}";
    reports = reportsOf name;
  };
  judged = map (family: checks."${family}-${name}") [
    "size"
    "bans"
    "allocator"
    "twin"
    "valid"
    "behaviour"
  ];
in
pkgs.runCommand "verdict-${name}"
  {
    meta.description = "judges ${name}: budget, bans, allocator, twin, validity, behaviour, ratchet";
  }
  ''
    cat ${toString (judged ++ [ ratchet ])} | tee $out
  ''
