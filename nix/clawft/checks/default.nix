# What is checked of this repository alone.
{
  lib,
  call,
  perVariant,
  programs,
}:
call ./rust.nix { }
// perVariant "tracing" "only a tracing build counts, and it counts as a trace does" (call ./tracing.nix { })
// perVariant "environment" "it reads the environment and the files that it is given" (call ./environment.nix { })
// perVariant "stress" "a million random allocations, every byte checked" (call ./stress.nix { })
// call ./workflows.nix { }
// call ./nix-files.nix { }
// {
  rustc-wrapper = call ./rustc-wrapper.nix { };
  malloc-symbols = call ./malloc-symbols.nix { };
  kinds = call ./kinds.nix { };
  template = call ./template.nix { };
  docs = call ./docs.nix { };
  shell = call ./shell.nix { };
}
// lib.optionalAttrs (programs != null) {
  native = call ./native.nix { };
  pgo = call ./pgo.nix { };
}
