# wasm-gauge, the tool that measures and judges.
{ craneLib, workspace }:
let
  args = {
    inherit (workspace) version cargoVendorDir;
    pname = "wasm-gauge";
    CARGO_PROFILE = "release-tool";
    buildPhaseCargoCommand = "cargoWithProfile build --locked --package wasm-gauge";
    doCheck = false;
  };
in
craneLib.mkCargoDerivation (
  args
  // {
    src = workspace.sourceOf "wasm-gauge";
    cargoArtifacts = craneLib.buildDepsOnly (args // { src = workspace.root; });
    doInstallCargoArtifacts = false;
    installPhaseCommand = "install -Dm755 target/release-tool/wasm-gauge $out/bin/wasm-gauge";
    meta = {
      description = "measures, judges and runs WebAssembly core modules and components";
      mainProgram = "wasm-gauge";
    };
  }
)
