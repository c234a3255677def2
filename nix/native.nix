# A program of the workspace, built for the machine it runs on; its dependencies are a derivation of their own.
{ craneLib, workspace }:
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
  };
in
craneLib.mkCargoDerivation (
  args
  // {
    src = workspace.sourceOf package;
    cargoArtifacts = craneLib.buildDepsOnly (args // { src = workspace.root; });
    doInstallCargoArtifacts = false;
    installPhaseCommand = install;
    meta = {
      inherit description;
      mainProgram = program;
    };
  }
)
