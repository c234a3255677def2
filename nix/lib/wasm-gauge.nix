# wasm-gauge, the tool that measures and judges, with its manual pages and completions. It is built from this repository,
# whoever's pipeline it is for.
{
  call,
  own,
}:
call ./native.nix { workspace = own; } {
  package = "wasm-gauge";
  program = "wasm-gauge";
  profile = "release-tool";
  # there are no examples: asking for them gives dependencies the features that tests ask for, which then share them
  flags = "--bins --examples";
  install = ''
    install -Dm755 target/release-tool/wasm-gauge -t $out/bin
    $out/bin/wasm-gauge generate man man
    $out/bin/wasm-gauge generate completions completions
    install -Dm644 man/*.1 -t $out/share/man/man1
    install -Dm644 completions/wasm-gauge.bash $out/share/bash-completion/completions/wasm-gauge
    install -Dm644 completions/_wasm-gauge -t $out/share/zsh/site-functions
    install -Dm644 completions/wasm-gauge.fish -t $out/share/fish/vendor_completions.d
  '';
  description = "measures, judges and runs WebAssembly core modules and components";
}
