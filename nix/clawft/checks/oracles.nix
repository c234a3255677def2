# wasm-gauge beside tools that nobody here wrote, on what ships of the default variant and of those of another target or
# standard library.
{
  lib,
  pkgs,
  policy,
  products,
  # wasm-gauge's tests, as programs
  tests,
}:
let
  default = policy.variants.${policy.default};
  isOther = variant: variant.target != default.target || variant.std != default.std;
  compared = lib.filter (product: product.variant.name == default.name || isOther product.variant) (
    builtins.attrValues products.variants
  );
in
pkgs.runCommand "oracles"
  {
    nativeBuildInputs = [ pkgs.wabt ];
    WASM_GAUGE_BINARIES = lib.concatStringsSep ":" (lib.concatMap (product: product.shipped) compared);
  }
  ''
    LLVM_PROFILE_FILE=profile ${tests}/tests/integration oracles:: --show-output | tee $out
  ''
