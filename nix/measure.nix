# One variant's measurements, with the versions of the tools that decide its bytes: report.json.
{
  pkgs,
  library,
  toolchain,
  wasm-gauge,
}:
product:
pkgs.runCommand "measure-${product.variant.name}"
  {
    nativeBuildInputs = [
      toolchain
      wasm-gauge
      pkgs.binaryen
      pkgs.lld
      pkgs.wasm-tools
    ];
  }
  ''
    # the first number with dots that a tool says of itself
    version() { "$@" --version | grep -oE -m 1 '[0-9]+(\.[0-9]+)*' | head -n 1; }
    mkdir $out
    wasm-gauge measure --format json -o $out/report.json \
      --tool rustc=$(version rustc) --tool wasm-ld=$(version wasm-ld) \
      --tool wasm-opt=$(version wasm-opt) --tool wasm-tools=$(version wasm-tools) \
      ${product.component}/${library}{,.opt,.opt.names}.wasm
    cat $out/report.json
  ''
