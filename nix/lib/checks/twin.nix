# What ships is its named twin without the custom sections, byte for byte: so the code sections are equal.
{ pkgs, binary }:
product:
pkgs.runCommand "twin-${product.variant.name}" { nativeBuildInputs = [ pkgs.wasm-tools ]; } ''
  fail() { echo "$1" >&2; exit 1; }
  has_names() { wasm-tools objdump $1 > sections; grep -q 'custom "name"' sections; }

  for product in ${toString product.shipped}; do
    twin=$product/${binary}.opt.names.wasm
    shipped=$product/${binary}.opt.wasm
    has_names $twin || fail "$twin: has no names"
    ! has_names $shipped || fail "$shipped: has names"
    wasm-tools strip --all $twin -o twin.wasm
    wasm-tools strip --all $shipped -o shipped.wasm
    cmp twin.wasm shipped.wasm
    echo "$(stat -c %s $shipped) bytes: the same code as its named twin of $(stat -c %s $twin): $shipped" | tee -a $out
  done
''
