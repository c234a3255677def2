# weft, the agent as a native program: the native half of every comparison.
{ craneLib, workspace }:
let
  args = {
    inherit (workspace) version cargoVendorDir;
    pname = "weft";
    CARGO_PROFILE = "release";
    buildPhaseCargoCommand = "cargoWithProfile build --locked --package clawft-cli";
    doCheck = false;
  };
in
craneLib.mkCargoDerivation (
  args
  // {
    src = workspace.sourceOf "clawft-cli";
    cargoArtifacts = craneLib.buildDepsOnly (args // { src = workspace.root; });
    doInstallCargoArtifacts = false;
    installPhaseCommand = "install -Dm755 target/release/weft $out/bin/weft";
    meta = {
      description = "the clawft agent, native";
      mainProgram = "weft";
    };
  }
)
