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
    installPhaseCommand = ''
      install -Dm755 target/release-tool/wasm-gauge -t $out/bin
      $out/bin/wasm-gauge generate man man
      $out/bin/wasm-gauge generate completions completions
      install -Dm644 man/*.1 -t $out/share/man/man1
      install -Dm644 completions/wasm-gauge.bash $out/share/bash-completion/completions/wasm-gauge
      install -Dm644 completions/_wasm-gauge -t $out/share/zsh/site-functions
      install -Dm644 completions/wasm-gauge.fish -t $out/share/fish/vendor_completions.d
    '';
    meta = {
      description = "measures, judges and runs WebAssembly core modules and components";
      mainProgram = "wasm-gauge";
    };
  }
)
