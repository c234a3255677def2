# One variant's bill of materials: what cargo says that it is built from, with the checksums of the lock.
{
  pkgs,
  guest,
  policy,
  wasm-gauge,
  workspace,
}:
variant:
pkgs.runCommand "sbom-${variant.name}"
  {
    nativeBuildInputs = [ wasm-gauge ];
    meta.description = "bill of materials, as CycloneDX: ${variant.summary}";
  }
  ''
    mkdir $out
    wasm-gauge sbom --package ${policy.package} --metadata ${guest.metadata variant}/metadata.json \
      --lock ${workspace.at "Cargo.lock"} -o $out/${variant.name}.cdx.json
  ''
