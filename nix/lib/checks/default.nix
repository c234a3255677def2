# What is checked: of each variant, and of the pipeline itself. What the policy does not ask for is not there.
{
  lib,
  call,
  policy,
  perVariant,
  figures,
  calls,
}:
perVariant "size" (call ./size.nix { })
// perVariant "lint" (call ./lint.nix { })
// perVariant "valid" (call ./valid.nix { })
// perVariant "twin" (call ./twin.nix { })
// perVariant "allocator" (call ./allocator.nix { })
// lib.optionalAttrs (policy.has "bans" || policy.has "dependencies") (
  perVariant "bans" (call ./bans.nix { })
)
// lib.optionalAttrs (policy.keep != [ ]) (perVariant "sections" (call ./sections.nix { }))
// lib.optionalAttrs (policy.has "memory") (perVariant "memory" (call ./memory.nix { }))
// lib.optionalAttrs (policy.startup != null) (perVariant "startup" (call ./startup.nix { }))
// lib.optionalAttrs (calls != [ ]) (perVariant "behaviour" (call ./behaviour.nix { }))
// lib.optionalAttrs (figures != null) { bench = figures; }
// lib.optionalAttrs policy.hasBaseline {
  baseline = call ./baseline.nix { name = "baseline"; };
}
// lib.optionalAttrs policy.rebuildsStd { std-lock = call ./std-lock.nix { }; }
// {
  policy = call ./policy.nix { };
  sbom = call ./sbom.nix { };
  reproducible = call ./reproducible.nix { };
}
