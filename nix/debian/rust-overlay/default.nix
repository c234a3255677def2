_: pkgs:
let
  inherit (pkgs) debian lib stdenv;

  # the Debian package of a component or target, where it has another name
  packageOf = {
    clippy = "rust-clippy";
    llvm-tools = "llvm-22";
    wasm32-unknown-unknown = "libstd-rust-dev-wasm32";
    wasm32-wasip1 = "libstd-rust-dev-wasm32";
    wasm32-wasip2 = "libstd-rust-dev-wasm32";
  };
  binsOf =
    wanted:
    (debian.packages.${packageOf.${wanted} or wanted}
      or (throw "rust-overlay stand-in: ${wanted} is not in the root: add its package to nix/debian/packages")
    ).bins;

  host =
    {
      x86_64-linux = "x86_64-unknown-linux-gnu";
      aarch64-linux = "aarch64-unknown-linux-gnu";
      aarch64-darwin = "aarch64-apple-darwin";
    }
    .${stdenv.hostPlatform.system};
in
{
  fromRustupToolchainFile =
    file:
    let
      inherit ((lib.importTOML file).toolchain) components targets;
      version = builtins.head (builtins.match "([0-9.]+).*" debian.packages.rustc.version);
      isTool = name: name == "llvm-tools";
    in
    # A toolchain whose sysroot is its own store path, laid out as rustup does it: real directories, the targets that were
    # asked for and no other, LLVM's tools beside the host's std and not on PATH, and a C compiler that comes with it.
    pkgs.runCommand "rust-debian-${version}"
      {
        bins = lib.concatMap binsOf (
          [
            "rustc"
            "cargo"
          ]
          ++ lib.filter (name: !isTool name) components
          ++ targets
        );
        tools = lib.concatMap binsOf (lib.filter isTool components);
        targets = [ host ] ++ targets;
        passthru = {
          inherit version;
          backend = "debian";
        };
      }
      ''
        rustlib=$out/lib/rustlib
        mkdir -p $out/bin $out/nix-support $rustlib
        for target in $targets; do cp -rs /usr/lib/rustlib/$target $rustlib/; done
        for b in $bins; do ln -sf /usr/bin/$b $out/bin/; done
        mkdir -p $rustlib/${host}/bin
        # without the version that Debian has in their names
        for b in $tools; do ln -sf /usr/bin/$b $rustlib/${host}/bin/''${b%-[0-9]*}; done
        ${lib.optionalString (lib.elem "rust-src" components) ''
          mkdir -p $rustlib/src/rust
          tar c -C /usr/lib/rustlib/src/rust --exclude library/vendor library | tar x -C $rustlib/src/rust
        ''}
        # Debian's std calls its sources /usr/src/rustc-VERSION where upstream's calls them /rustc/COMMIT: a flag that gives
        # them the one name is to give them the other.
        commit=$(/usr/bin/rustc -vV | sed -n 's/^commit-hash: //p')
        for b in rustc rustdoc clippy-driver; do
          [ -e $out/bin/$b ] || continue
          rm $out/bin/$b
          printf '#!/usr/bin/bash\nexec /usr/bin/%s "''${@/%%=\/rustc\/%s/=\/usr\/src\/rustc-%s}" --sysroot %s\n' \
            $b $commit ${version} $out > $out/bin/$b
          chmod +x $out/bin/$b
        done
        echo ${stdenv.cc} > $out/nix-support/propagated-build-inputs
      '';
}
