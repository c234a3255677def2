_: pkgs:
let
  inherit (pkgs) debian lib;

  # the Debian package of a component or target, where it has another name
  packageOf = {
    clippy = "rust-clippy";
    llvm-tools = "llvm";
    wasm32-unknown-unknown = "libstd-rust-dev-wasm32";
    wasm32-wasip1 = "libstd-rust-dev-wasm32";
    wasm32-wasip2 = "libstd-rust-dev-wasm32";
  };
  binsOf =
    wanted:
    (debian.packages.${packageOf.${wanted} or wanted}
      or (throw "rust-overlay stand-in: ${wanted} is not in the root: add its package to nix/debian/packages")
    ).bins;
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
        passthru = {
          inherit version;
          backend = "debian";
        };
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
