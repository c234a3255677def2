# Stand-in for nixpkgs `stdenv`: the generic phases of setup.sh over Debian's programs.
{
  lib,
  debian,
  system,
}:
let
  # What the real stdenv has on PATH, by Debian package. Nothing more: a missing
  # nativeBuildInputs entry must fail here as it fails with the real nixpkgs.
  usual = "bash|coreutils|diffutils|findutils|mawk|grep|sed|tar|gzip|bzip2|xz-utils|patch|make|file|(gcc|g[+][+]|cpp|binutils)(-.*)?";
  initial = lib.filter (p: builtins.match usual p != null) (builtins.attrNames debian.packages);
  bin = links "stdenv-bin" (
    [
      "awk"
      "cc"
      "sh"
    ]
    ++ lib.concatMap (p: debian.packages.${p}.bins) initial
  );

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

  links =
    name: bins:
    raw {
      inherit name bins;
      args = [
        "-euc"
        ''
          PATH=/usr/bin
          mkdir -p $out/bin
          for b in $bins; do
            for d in /usr/bin /usr/sbin; do [ ! -e $d/$b ] || ln -sf $d/$b $out/bin/; done
          done
        ''
      ];
    };

  setup = raw {
    name = "stdenv-debian";
    inherit bin;
    args = [
      "-euc"
      "PATH=/usr/bin; mkdir $out; { echo stdenvBin=$bin/bin; cat ${./setup.sh}; } > $out/setup"
    ];
  };

  mkDerivation =
    args:
    let
      name = args.name or "${args.pname}-${args.version}";
      drv = raw (
        removeAttrs args [
          "env"
          "meta"
          "passthru"
        ]
        // args.env or { }
        // {
          inherit name;
          stdenv = setup;
          args = [
            "-ec"
            ". $stdenv/setup; genericBuild"
          ];
        }
      );
    in
    drv
    // {
      meta = args.meta or { };
    }
    // args.passthru or { };
in
setup
// {
  inherit links mkDerivation;
  buildPlatform = { inherit system; };
  hostPlatform = { inherit system; };
}
