# One variant's measurements, with the versions of the tools that decide its bytes: of what ships in component.json, of the
# wasip1 module, where there is one, in wasip1.json. A toolchain that others than rust-overlay made says whose it is.
{
  lib,
  pkgs,
  binary,
  guest,
  toolchain,
  wasm-gauge,
}:
product:
let
  inherit (product) variant;
in
pkgs.runCommand "measure-${variant.name}"
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
    ${import ./versions.nix}
    # measure NAME FOLDER NAMED: NAMED is the binary before wasm-opt with its names
    measure() {
      wasm-gauge measure --details --unoptimized-names $3 --json $out/$1 --backend ${toolchain.backend or "nix"} \
        --tool "rustc=$rustc" --tool llvm=$(rust "LLVM version") --tool wasm-ld=$(version wasm-ld) \
        --tool wasm-opt=$(version wasm-opt) --tool wasm-tools=$(version wasm-tools) \
        --unoptimized $2/${binary}.wasm --names $2/${binary}.opt.names.wasm $2/${binary}.opt.wasm
    }
    mkdir $out
    named=${guest.core { inherit variant; inherit (variant) target; }}/${binary}.wasm
    ${lib.optionalString variant.component ''
      wasm-tools component new $named -o named.wasm
      named=named.wasm
    ''}
    measure component.json ${product.artifact} $named
    ${lib.optionalString (product.p1 != null) ''
      measure wasip1.json ${product.p1} ${
        guest.core {
          inherit variant;
          target = "wasm32-wasip1";
        }
      }/${binary}.wasm
    ''}
  ''
