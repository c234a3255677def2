_: pkgs:
let
  inherit (pkgs) debian lib;

  packageOf = {
    clippy = "rust-clippy";
    rustfmt = "rustfmt";
    rust-src = "rust-src";
    llvm-tools = "llvm";
    wasm32-wasip1 = "libstd-rust-dev-wasm32";
    wasm32-wasip2 = "libstd-rust-dev-wasm32";
  };
  binsOf =
    wanted:
    let
      package = packageOf.${wanted} or (throw "rust-overlay stand-in: ${wanted} is not to be had from Debian");
    in
    debian.packages.${package}.bins
      or (throw "rust-overlay stand-in: ${wanted} needs the Debian package ${package}: add it to nix/debian/packages");
in
{
  fromRustupToolchainFile =
    file:
    let
      inherit ((lib.importTOML file).toolchain) components targets;
      version = builtins.head (builtins.match "([0-9.]+).*" debian.packages.rustc.version);
    in
    # A toolchain whose sysroot is its own store path, laid out as rustup does it.
    pkgs.runCommand "rust-debian-${version}"
      {
        bins = debian.packages.rustc.bins ++ debian.packages.cargo.bins ++ lib.concatMap binsOf (components ++ targets);
        passthru = { inherit version; };
      }
      ''
        mkdir -p $out/bin $out/lib
        ln -s /usr/lib/rustlib $out/lib/rustlib
        for b in $bins; do ln -sf /usr/bin/$b $out/bin/; done
        rm $out/bin/rustc
        printf '#!/usr/bin/bash\nexec /usr/bin/rustc --sysroot %s "$@"\n' $out > $out/bin/rustc
        chmod +x $out/bin/rustc
      '';
}
