# Stand-in for nixpkgs' package set: the packages that this flake names, over the programs of the Debian root.
{ lib, system }:
let
  pkgs = packages // import ./for-crane.nix { inherit lib pkgs; };

  debian = lib.importJSON ./packages.json;
  stdenv = import ./stdenv.nix { inherit lib debian system; };
  inherit (stdenv) links mkDerivation;

  # A package of nixpkgs; its Debian package has the same name.
  package =
    name: mainProgram:
    links name
      (debian.packages.${name}
        or (throw "nixpkgs stand-in: ${name} is not in the root: add it to nix/debian/packages")
      ).bins
    // {
      meta = { inherit mainProgram; };
    };

  runCommand =
    name: env: buildCommand:
    mkDerivation (env // { inherit name buildCommand; });

  runCommandCC = runCommand;

  writeShellScript =
    name: text:
    runCommand name {
      text = "#!${packages.bashInteractive}/bin/bash\n${text}\n";
      passAsFile = [ "text" ];
    } "install -m755 $textPath $out";

  packages = builtins.mapAttrs package {
    binaryen = "wasm-opt";
    git = "git";
    jq = "jq";
    lld = "wasm-ld";
    llvm = "llvm-nm";
    rsync = "rsync";
    wabt = "wasm-validate";
    wasm-tools = "wasm-tools";
    zstd = "zstd";
  }
  // {
    inherit
      lib
      debian
      stdenv
      runCommand
      runCommandCC
      writeShellScript
      ;

    # nix develop takes its shell from here
    bashInteractive = links "bash" [ "bash" ];

    mkShell =
      { packages, ... }@args:
      mkDerivation (
        removeAttrs args [ "packages" ]
        // {
          name = "nix-shell";
          nativeBuildInputs = packages;
          buildCommand = "export > $out";
        }
      );
  };
in
pkgs
