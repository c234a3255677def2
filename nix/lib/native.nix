# A program of the workspace, built for the machine it runs on; its dependencies are a derivation of their own.
{
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
}:
let
  args = {
    inherit (workspace) version cargoVendorDir;
    pname = program;
    CARGO_PROFILE = profile;
    buildPhaseCargoCommand = "cargoWithProfile build --locked --package ${package}";
    doCheck = false;
    preBuild = ''
      ${remap}
      export RUSTFLAGS=$remap
    '';
  };
in
craneLib.mkCargoDerivation (
  args
  // {
    src = workspace.sourceOf (workspace.folderOf package);
    cargoArtifacts = craneLib.buildDepsOnly (args // { src = workspace.sources; });
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
