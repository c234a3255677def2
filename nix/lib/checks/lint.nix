# Nothing about how the variant is built makes it larger without a word, or hides what is in it: link-time optimisation was
# on, the module exports something, has names, and the allocator that its row names.
{
  pkgs,
  binary,
  policy,
  guest,
  wasm-gauge,
}:
product:
let
  inherit (product) variant;
  core = guest.core {
    inherit variant;
    inherit (variant) target;
  };
in
pkgs.runCommand "lint-${variant.name}" { nativeBuildInputs = [ wasm-gauge ]; } ''
  wasm-gauge lint --policy ${policy.judged} --variant ${variant.name} --rustc ${core}/rustc-arguments \
    ${core}/${binary}.wasm | tee $out
''
