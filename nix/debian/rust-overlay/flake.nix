{
  description = "Stand-in for rust-overlay: the Debian root's toolchain, whatever channel is asked for";

  # Never fetched: the caller's `follows` takes its place.
  inputs.nixpkgs.url = "github:NixOS/nixpkgs";

  outputs = _: { lib.mkRustBin = import ./.; };
}
