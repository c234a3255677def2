# Linear memory is laid out within the limits of gauge.toml, with the stack that it asks for.
{
  pkgs,
  binary,
  policy,
  wasm-gauge,
}:
product:
let
  inherit (product.variant) name;
in
pkgs.runCommand "memory-${name}" { nativeBuildInputs = [ wasm-gauge ]; } ''
  wasm-gauge memory --policy ${policy.judged} --variant ${name} ${product.artifact}/${binary}.opt.names.wasm | tee $out
''
