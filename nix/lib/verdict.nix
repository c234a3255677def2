# What an edit is judged by within half a minute: one variant, built, and all that is asked of it but what takes longer
# (stress, tracing, bench).
{
  lib,
  pkgs,
  call,
  policy,
  reportsOf,
  checks,
}:
name:
let
  ratchet = call ./checks/baseline.nix {
    figures = null;
    programs = null;
    name = "baseline-${name}";
    reports = reportsOf name;
  };
  # of those that there are
  judged = map (check: checks.${check}) (
    lib.filter (check: checks ? ${check}) (
      map (family: "${family}-${name}") [
        "size"
        "lint"
        "bans"
        "allocator"
        "twin"
        "valid"
        "sections"
        "behaviour"
      ]
    )
  );
in
pkgs.runCommand "verdict-${name}"
  {
    meta.description = "judges ${name}: budget, build, bans, allocator, twin, validity, behaviour, ratchet";
  }
  ''
    cat ${toString (judged ++ lib.optional policy.hasBaseline ratchet)} | tee $out
  ''
