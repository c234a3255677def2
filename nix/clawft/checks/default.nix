# What is checked of this repository alone.
{
  lib,
  call,
  perVariant,
  programs,
}:
call ./rust.nix { }
// perVariant "tracing" (call ./tracing.nix { })
// perVariant "environment" (call ./environment.nix { })
// perVariant "stress" (call ./stress.nix { })
// call ./workflows.nix { }
// {
  rustc-wrapper = call ./rustc-wrapper.nix { };
  malloc-symbols = call ./malloc-symbols.nix { };
  kinds = call ./kinds.nix { };
  template = call ./template.nix { };
  docs = call ./docs.nix { };
}
// lib.optionalAttrs (programs != null) {
  native = call ./native.nix { };
  pgo = call ./pgo.nix { };
}
