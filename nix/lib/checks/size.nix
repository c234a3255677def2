# The size budget of gauge.toml holds for what ships, to the byte.
{
  pkgs,
  binary,
  policy,
  wasm-gauge,
}:
product:
pkgs.runCommand "size-${product.variant.name}" { nativeBuildInputs = [ wasm-gauge ]; } ''
    wasm-gauge gate --policy ${policy.judged} \
      --unoptimized ${product.artifact}/${binary}.wasm ${product.artifact}/${binary}.opt.wasm | tee $out
  ''
