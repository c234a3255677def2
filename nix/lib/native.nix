# A program of the workspace, built for the machine it runs on; its dependencies are a derivation of their own.
{
  lib,
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
in
craneLib.mkCargoDerivation (
  common
  // {
    src = workspace.sourceOf (workspace.folderOf package);
    cargoArtifacts =
      if apart then craneLib.buildDepsOnly (common // { src = workspace.sources; }) else null;
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
