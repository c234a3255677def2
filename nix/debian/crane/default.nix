pkgs:
let
  inherit (pkgs) lib stdenv;

  # Every registry crate of Cargo.lock. nixw adds them to the store as flat fixed-output paths, so that
  # cargo downloads and Nix holds each to its checksum: these derivations are valid before they are built.
  crate =
    { name, version, source ? "a path", ... }@locked:
    lib.throwIf (!lib.hasPrefix "registry+" source)
      "Cargo.lock: ${name} ${version} comes from ${source}: only registry crates and workspace members are built here"
      (derivation {
        name = "${name}-${version}.crate";
        inherit (stdenv) system;
        builder = "/bin/sh";
        args = [
          "-c"
          "echo '${name}-${version}.crate is not in the store: run through nixw, which puts it there' >&2; exit 1"
        ];
        outputHashMode = "flat";
        outputHashAlgo = "sha256";
        outputHash = locked.checksum;
      });

  members = src: builtins.attrNames (builtins.readDir (src + "/crates"));

  vendorCargoDeps = { src }: vendor (p: lib.elem p.name (members src)) [ (src + "/Cargo.lock") ];
  vendorMultipleCargoDeps = { cargoLockList }: vendor (_: true) cargoLockList;
  # isMember: of a package without a source, whether its lock's own workspace has it (std's is not known here)
  vendor =
    isMember: cargoLockList:
    let
      locked = lib.concatMap (lock: lib.filter (p: p ? source || !isMember p) (lib.importTOML lock).package) cargoLockList;
    in
    pkgs.runCommand "vendor-cargo-deps"
      {
        passAsFile = [ "list" ];
        list = lib.concatMapStrings (p: "${crate p} ${p.name}-${p.version} ${p.checksum}\n") locked;
      }
      ''
        mkdir -p $out/crates
        while read -r crate name checksum; do
          tar xzf $crate -C $out/crates
          printf '{"files":{},"package":"%s"}' $checksum > $out/crates/$name/.cargo-checksum.json
        done < $listPath
        printf '[source.crates-io]\nreplace-with = "vendored"\n[source.vendored]\ndirectory = "%s"\n' \
          $out/crates > $out/config.toml
      '';

  # The workspace's manifests over empty targets: what the dependencies' build depends on.
  mkDummySrc =
    { src }:
    let
      put = path: from: "install -Dm644 ${from} $out${path}\n";
      # the text alone: the files' store path must not become an input
      text = path: builtins.unsafeDiscardStringContext (builtins.readFile (src + path));
      keep = path: put path (builtins.toFile "text" (text path));
      stub =
        path: file:
        lib.optionalString (builtins.pathExists (src + path)) (put path file);
      member =
        crate:
        keep "${crate}/Cargo.toml"
        + stub "${crate}/src/lib.rs" (builtins.toFile "empty.rs" "")
        + stub "${crate}/src/main.rs" (builtins.toFile "main.rs" "fn main() {}");
    in
    pkgs.runCommand "source" { } (
      keep "/Cargo.toml"
      + keep "/Cargo.lock"
      + keep "/.cargo/config.toml"
      + lib.concatMapStrings (name: member "/crates/${name}") (members src)
    );

  withToolchain = toolchain: rec {
    inherit vendorCargoDeps vendorMultipleCargoDeps mkDummySrc;
    overrideToolchain = t: withToolchain (if lib.isFunction t then t pkgs else t);
    mkCargoDerivation =
      {
        buildPhaseCargoCommand,
        cargoArtifacts,
        cargoVendorDir,
        checkPhaseCargoCommand ? "",
        doInstallCargoArtifacts ? true,
        installPhaseCommand ? "mkdir -p $out",
        nativeBuildInputs ? [ ],
        pname,
        pnameSuffix ? "",
        ...
      }@args:
      stdenv.mkDerivation (
        removeAttrs args [
          "buildPhaseCargoCommand"
          "checkPhaseCargoCommand"
          "installPhaseCommand"
          "pnameSuffix"
        ]
        // {
          pname = pname + pnameSuffix;
          nativeBuildInputs = [
            toolchain
            pkgs.zstd
          ]
          ++ nativeBuildInputs;
          configurePhase = ''
            runHook preConfigure
            export CARGO_HOME=$NIX_BUILD_TOP/.cargo-home CARGO_BUILD_INCREMENTAL=false
            export CARGO_BUILD_JOBS=''${CARGO_BUILD_JOBS:-$NIX_BUILD_CORES} RUST_TEST_THREADS=$NIX_BUILD_CORES
            mkdir -p $CARGO_HOME
            [ -z "$cargoVendorDir" ] || cp $cargoVendorDir/config.toml $CARGO_HOME/
            if [ -n "$cargoArtifacts" ]; then
              mkdir -p target
              zstd -dc $cargoArtifacts/target.tar.zst | tar x -C target
              # cargo goes by dates: what was built is newer than all sources, Debian's of std among them
              find target -exec touch -hd @$(date +%s) {} +
            fi
            cargoWithProfile() {
              set -- "$1" ''${CARGO_PROFILE:+--profile "$CARGO_PROFILE"} "''${@:2}"
              echo "+ cargo $*" >&2
              cargo "$@"
            }
            runHook postConfigure
          '';
          buildPhase = ''
            runHook preBuild
            ${buildPhaseCargoCommand}
            runHook postBuild
          '';
          checkPhase = ''
            runHook preCheck
            ${checkPhaseCargoCommand}
            runHook postCheck
          '';
          installPhase = ''
            runHook preInstall
            ${installPhaseCommand}
            ${lib.optionalString doInstallCargoArtifacts ''
              mkdir -p $out
              tar c --sort=name --mtime=@1 --owner=0 --group=0 --numeric-owner -C target . | zstd -qT0 -o $out/target.tar.zst
            ''}
            runHook postInstall
          '';
        }
      );

    buildDepsOnly =
      { src, ... }@args:
      mkCargoDerivation (
        {
          cargoArtifacts = null;
          pnameSuffix = "-deps";
        }
        // args
        // {
          src = mkDummySrc { inherit src; };
          # The members were empty: cargo is to forget them.
          buildPhaseCargoCommand = args.buildPhaseCargoCommand + "\nrm -rf ${toString (map (m: "target/{,*/}*/.fingerprint/${m}-*") (members src))}";
        }
      );
  };
in
withToolchain null
