# Stand-in for nixpkgs' package set: the packages that this flake names, over the programs of the Debian root. Outputs,
# and what runCommand has, are as in nixpkgs: what is missing there must be missing here.
{ lib, system }:
let
  pkgs = packages // import ./for-crane.nix { inherit lib pkgs; };

  debian = lib.importJSON ./packages.json;
  inherit (import ./stdenv.nix { inherit lib debian system; }) links stdenv stdenvNoCC;

  # A package of nixpkgs, and its outputs; its Debian package has the same name.
  package =
    name: outputs:
    links {
      inherit name outputs;
      inherit
        (debian.packages.${name}
          or (throw "nixpkgs stand-in: ${name} is not in the root: add it to nix/debian/packages")
        )
        bins
        ;
    };

  # What the root has not, for a shell only, which says how to get it.
  elsewhere = pname: how: {
    inherit pname how;
    outPath = throw "nixpkgs stand-in: ${pname} is not in the root: ${how}";
  };

  runCommandWith =
    stdenv: name: env: buildCommand:
    stdenv.mkDerivation (
      env
      // {
        inherit name buildCommand;
        passAsFile = [ "buildCommand" ] ++ env.passAsFile or [ ];
      }
    );

  packages =
    builtins.mapAttrs package {
      binaryen = [ "out" ];
      git = [ "out" ];
      jq = [
        "bin"
        "doc"
        "man"
        "dev"
        "out"
      ];
      lld = [
        "out"
        "lib"
        "dev"
      ];
      rsync = [ "out" ];
      shellcheck = [
        "bin"
        "man"
        "doc"
        "out"
      ];
      wabt = [ "out" ];
      wasm-tools = [ "out" ];
      zstd = [
        "bin"
        "dev"
        "man"
        "out"
      ];
    }
    // builtins.mapAttrs elsewhere {
      nixfmt = "Debian has none; on a machine with Nix, nix run nixpkgs#nixfmt";
      twiggy = "Debian has none: cargo install twiggy";
      valgrind = "apt-get install valgrind, on the machine itself";
      wasmtime = "Debian has none: cargo install wasmtime-cli";
    }
    // {
      inherit
        lib
        debian
        stdenv
        stdenvNoCC
        ;
      runCommand = runCommandWith stdenvNoCC;
      runCommandCC = runCommandWith stdenv;

      writeText =
        name: text:
        packages.runCommand name {
          inherit text;
          passAsFile = [ "text" ];
        } "cp $textPath $out";

      writeShellScript =
        name: text:
        packages.runCommand name {
          text = "#!${packages.bashInteractive}/bin/bash\n${text}\n";
          passAsFile = [ "text" ];
        } "install -m755 $textPath $out";

      # nix develop takes its shell from here
      bashInteractive = links {
        name = "bash-interactive";
        bins = [ "bash" ];
        outputs = [
          "out"
          "dev"
          "man"
          "doc"
          "info"
        ];
      };

      mkShell =
        {
          packages,
          shellHook ? "",
          ...
        }@args:
        let
          isElsewhere = package: package ? how;
        in
        stdenv.mkDerivation (
          removeAttrs args [ "packages" ]
          // {
            name = "nix-shell";
            nativeBuildInputs = lib.filter (package: !isElsewhere package) packages;
            buildCommand = "export > $out";
            # what cargo installs is found
            shellHook = ''
              PATH=$PATH:''${CARGO_HOME:-$HOME/.cargo}/bin
              ${shellHook}
            ''
            + lib.concatMapStrings (package: ''
              command -v ${package.pname} > /dev/null ||
                echo ${lib.escapeShellArg "${package.pname} is not here: ${package.how}"} >&2
            '') (lib.filter isElsewhere packages);
          }
        );
    };
in
pkgs
