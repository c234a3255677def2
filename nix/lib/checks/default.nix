# What is checked of each variant, and of the pipeline itself.
{
  lib,
  call,
  perVariant,
  figures,
}:
perVariant "size" (call ./size.nix { })
// perVariant "bans" (call ./bans.nix { })
// perVariant "valid" (call ./valid.nix { })
// perVariant "twin" (call ./twin.nix { })
// perVariant "allocator" (call ./allocator.nix { })
// lib.optionalAttrs (figures != null) { bench = figures; }
// {
  baseline = call ./baseline.nix { name = "baseline"; };
  reproducible = call ./reproducible.nix { };
  std-lock = call ./std-lock.nix { };
}
