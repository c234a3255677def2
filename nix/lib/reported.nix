# Words of `wasm-gauge report`: what workloads came to, how what ships came to be, what checks say of it, and the measurements.
{
  lib,
  call,
  checks,
  figures,
  products,
  reports,
}:
let
  provenance =
    product:
    let
      made = call ./provenance.nix { } product;
      files = [
        "component"
        "wasip1"
      ];
    in
    lib.zipListsWith (name: file: "--provenance ${name}=${made}/${file}.json") product.names files;
  outcomes =
    check: lib.mapAttrsToList (name: file: "--checks ${name}=${file}") (check.outcomes or { });
in
lib.concatStringsSep " " (
  lib.optional (figures != null) "--bench ${figures}/bench.json"
  ++ lib.concatMap provenance (builtins.attrValues products.variants)
  ++ lib.concatMap outcomes (builtins.attrValues checks)
  ++ [ reports ]
)
