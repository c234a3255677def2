# What is checked: of each variant, and of the pipeline itself. What the policy does not ask for is not there.
{
  lib,
  call,
  policy,
  describe,
  perVariant,
  figures,
  calls,
}:
perVariant "size" "the limits of [budget] hold" (call ./size.nix { })
// perVariant "lint" "link-time optimisation was on; exports, names and the allocator are there" (
  call ./lint.nix { }
)
// perVariant "valid" "it is valid, exports its world alone, and no path of a build is in it" (
  call ./valid.nix { }
)
// perVariant "twin" "what was analysed is what ships" (call ./twin.nix { })
// perVariant "allocator" "one allocator is in it" (call ./allocator.nix { })
// lib.optionalAttrs (policy.has "bans" || policy.has "dependencies") (
  perVariant "bans" "nothing of [bans] and nothing beyond [dependencies] is in it" (call ./bans.nix { })
)
// lib.optionalAttrs (policy.keep != [ ]) (
  perVariant "sections" "the sections that the policy keeps are in it" (call ./sections.nix { })
)
// lib.optionalAttrs (policy.has "memory") (
  perVariant "memory" "linear memory is within the limits of [memory]" (call ./memory.nix { })
)
// lib.optionalAttrs (policy.startup != null) (
  perVariant "startup" "it starts in every way that the engine has" (call ./startup.nix { })
)
// lib.optionalAttrs (calls != [ ]) (
  perVariant "behaviour" "it answers [calls] as the default variant does" (call ./behaviour.nix { })
)
// lib.optionalAttrs (figures != null) {
  bench = describe figures "fuel and memory of [workloads], on which all variants reply alike";
}
// lib.optionalAttrs policy.hasBaseline {
  baseline = describe (call ./baseline.nix {
    name = "baseline";
  }) "nothing grew beyond baseline.json";
}
// lib.optionalAttrs policy.rebuildsStd {
  std-lock = describe (call ./std-lock.nix { }) "the lock that std is rebuilt from is the toolchain's";
}
// {
  policy = describe (call ./policy.nix { }) "gauge.toml is right";
  sbom = describe (call ./sbom.nix { }) "each bill of materials has what is in the binary";
  reproducible =
    describe (call ./reproducible.nix { })
      "a second build on a host of another name gives the same bytes";
}
