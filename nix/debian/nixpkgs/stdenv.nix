# Stand-in for nixpkgs `stdenv`: the generic phases of setup.sh over Debian's programs.
{
  lib,
  debian,
  system,
}:
let
  binsOf =
    pattern:
    lib.concatMap (p: debian.packages.${p}.bins) (
      lib.filter (p: builtins.match pattern p != null) (builtins.attrNames debian.packages)
    );

  # pkgs/stdenv/generic/common-path.nix, by Debian package. Nothing more: a missing nativeBuildInputs entry must fail
  # here as it fails with the real nixpkgs.
  initialPath = links {
    name = "initial-path";
    bins = [
      "awk"
    ]
    ++ binsOf "bash|coreutils|diffutils|findutils|mawk|grep|sed|tar|gzip|bzip2|xz-utils|patch|make|file";
    # as in nixpkgs, and not dash
    postBuild = "ln -s bash $out/bin/sh";
  };

  cc =
    links {
      name = "gcc-wrapper";
      bins = [ "cc" ] ++ binsOf "(gcc|g[+][+]|cpp|binutils)(-.*)?";
      setupHook = "export CC=gcc CXX=g++ AR=ar AS=as LD=ld NM=nm RANLIB=ranlib STRIP=strip\n";
      postBuild = ''mkdir $out/nix-support; printf '%s' "$setupHook" > $out/nix-support/setup-hook'';
    }
    // {
      targetPrefix = "";
    };

  # Every derivation depends on the hash of the root's package list: an upgraded package rebuilds.
  raw =
    args:
    derivation (
      {
        inherit system;
        builder = "/usr/bin/bash";
        debianFingerprint = debian.fingerprint;
      }
      // args
    );

  # Programs of the root as a package: in `bin`, where there is such an output. `dev`, or else `out`, brings them along.
  links =
    {
      postBuild ? "",
      ...
    }@args:
    raw (
      args
      // {
        args = [
          "-euc"
          ''
            PATH=/usr/bin
            for output in ''${outputs:-out}; do mkdir ''${!output}; done
            programs=''${bin:-$out}
            mkdir $programs/bin
            for b in $bins; do
              for d in /usr/bin /usr/sbin; do [ ! -e $d/$b ] || ln -sf $d/$b $programs/bin/; done
            done
            propagater=''${dev:-$out}
            if [ $propagater != $programs ]; then
              mkdir $propagater/nix-support
              echo $programs > $propagater/nix-support/propagated-build-inputs
            fi
            ${postBuild}
          ''
        ];
      }
    );

  platform = {
    inherit system;
    isLinux = lib.hasSuffix "-linux" system;
    isDarwin = lib.hasSuffix "-darwin" system;
    isAarch64 = lib.hasPrefix "aarch64-" system;
    isx86_64 = lib.hasPrefix "x86_64-" system;
  };

  make =
    name: defaultNativeBuildInputs:
    let
      stdenv = raw {
        inherit name initialPath defaultNativeBuildInputs;
        args = [
          "-euc"
          ''
            PATH=/usr/bin
            mkdir $out
            {
              printf '%s=%q\n' initialPath "$initialPath" defaultNativeBuildInputs "$defaultNativeBuildInputs"
              cat ${./setup.sh}
            } > $out/setup
          ''
        ];
      };
      inputs =
        args: attribute:
        lib.optionalAttrs (args ? ${attribute}) {
          ${attribute} = map (input: if builtins.isAttrs input then lib.getDev input else input) args.${attribute};
        };
      mkDerivation =
        args:
        let
          twice = builtins.attrNames (builtins.intersectAttrs (args.env or { }) args);
        in
        lib.throwIf (twice != [ ]) "in `env` and beside it: ${toString twice}" raw (
          removeAttrs args [
            "env"
            "meta"
            "passthru"
          ]
          // args.env or { }
          // inputs args "nativeBuildInputs"
          // inputs args "buildInputs"
          // {
            name = args.name or "${args.pname}-${args.version}";
            inherit stdenv;
            args = [
              "-ec"
              ". $stdenv/setup; genericBuild"
            ];
          }
        )
        // {
          meta = args.meta or { };
        }
        // args.passthru or { };
    in
    stdenv
    // {
      inherit mkDerivation;
      buildPlatform = platform;
      hostPlatform = platform;
      targetPlatform = platform;
    };
in
{
  inherit links;
  stdenv = make "stdenv-debian" [ cc ] // {
    inherit cc;
  };
  stdenvNoCC = make "stdenv-debian-no-cc" [ ];
}
