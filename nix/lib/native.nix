# A program of the workspace, built for the machine it runs on; its dependencies are a derivation of their own.
{
  lib,
  call,
  craneLib,
  toolchain,
  workspace,
  remap,
}:
{
  package,
  program,
  profile,
  install,
  description,
  # of the derivation, where there are several builds of one program
  name ? program,
  # further flags of rustc, and of cargo
  rustflags ? "",
  flags ? "",
  # what crane is given besides
  args ? { },
  # whether the dependencies are a derivation of their own: not where they are built with what depends on the program
  apart ? true,
  # dependencies of a build with the same profile: its macros and build scripts serve this one too, though its flags differ
  host ? null,
}:
let
  common = {
    inherit (workspace) version cargoVendorDir;
    pname = name;
    CARGO_PROFILE = profile;
    buildPhaseCargoCommand = "cargoWithProfile build --locked --package ${package}" + lib.optionalString (flags != "") " ${flags}";
    doCheck = false;
    preBuild = ''
      ${remap}
      export RUSTFLAGS=${if rustflags == "" then "$remap" else ''"$remap ${rustflags}"''}
    '';
  }
  // args;
  dependencies = call ./dependencies.nix { inherit workspace; } host common;
in
craneLib.mkCargoDerivation (
  common
  // {
    src = workspace.sourceOf (workspace.folderOf package);
    cargoArtifacts = if apart then dependencies else host;
    doInstallCargoArtifacts = false;
    installPhaseCommand = install;
    # what it was built with does not come along
    disallowedReferences = [
      toolchain
      workspace.cargoVendorDir
    ];
    meta = {
      inherit description;
      mainProgram = program;
    };
  }
)
