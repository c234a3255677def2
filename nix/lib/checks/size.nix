# The size budget of gauge.toml holds for what ships, to the byte.
{
  pkgs,
  library,
  workspace,
  policy,
  wasm-gauge,
}:
product:
pkgs.runCommand "size-${product.variant.name}"
  {
    nativeBuildInputs = [ wasm-gauge ];
    # the policy is read together with the Cargo.toml beside it
    crate = workspace.alone (workspace.root + "/crates/${policy.package}");
  }
  ''
    wasm-gauge gate --policy $crate/gauge.toml \
      --unoptimized ${product.component}/${library}.wasm ${product.component}/${library}.opt.wasm | tee $out
  ''
