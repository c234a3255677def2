# The size budget of gauge.toml holds for what ships, to the byte. Without a budget, sizes are told.
{
  pkgs,
  binary,
  policy,
  wasm-gauge,
}:
product:
let
  command = if policy.has "budget" then "gate --policy ${policy.judged}" else "measure";
in
pkgs.runCommand "size-${product.variant.name}" { nativeBuildInputs = [ wasm-gauge ]; } ''
  wasm-gauge ${command} --unoptimized ${product.artifact}/${binary}.wasm ${product.artifact}/${binary}.opt.wasm | tee $out
''
