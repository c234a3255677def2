pkgs:
let
  inherit (pkgs) lib stdenv;
  inherit (import ./manifest.nix { inherit lib; }) clean targetsOf toTOML;

  # Every registry crate of Cargo.lock. nixw adds them to the store as flat fixed-output paths, so that
  # cargo downloads and Nix holds each to its checksum: these derivations are valid before they are built.
  crate =
    { name, version, source, ... }@locked:
    lib.throwIf (!lib.hasPrefix "registry+" source)
      "Cargo.lock: ${name} ${version} comes from ${source}: only registry crates and crates of this repository are built here"
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

  vendorCargoDeps = { src }: vendorMultipleCargoDeps { cargoLockList = [ (src + "/Cargo.lock") ]; };
  # As crane lays it out: the directory of cargo's configuration is a link to a directory of links to crates. The crates
  # of one lock are unpacked together: a derivation for each would take longer.
  vendorMultipleCargoDeps =
    { cargoLockList }:
    let
      # local crates have no source
      locked = lock: lib.filter (p: p ? source) (lib.importTOML lock).package;
      unpacked =
        lock:
        pkgs.runCommand "cargo-packages"
          {
            passAsFile = [ "list" ];
            list = lib.concatMapStrings (p: "${crate p} ${p.name}-${p.version} ${p.checksum}\n") (locked lock);
          }
          ''
            mkdir $out
            while read -r crate name checksum; do
              tar xzf $crate -C $out
              printf '{"files":{},"package":"%s"}' $checksum > $out/$name/.cargo-checksum.json
            done < $listPath
          '';
      registry = pkgs.runCommand "vendor-registry" { } ''
        mkdir $out
        for crate in ${lib.concatMapStringsSep " " (lock: "${unpacked lock}/*") cargoLockList}; do
          ln -sfn $crate -t $out
        done
      '';
    in
    pkgs.runCommand "vendor-cargo-deps" { } ''
      mkdir $out
      ln -s ${registry} $out/crates-io
      printf '[source.nix-sources]\ndirectory = "%s"\n[source.crates-io]\nreplace-with = "nix-sources"\n' \
        $out/crates-io > $out/config.toml
    '';

  # The manifests over empty targets: what the dependencies' build depends on. Every crate has a build script, so that
  # dependencies of build scripts are built, and so that cargo takes no crate that was empty for the real one.
  mkDummySrc =
    { src }:
    let
      origSrc = src.origSrc or src;
      isSource = src.filter or (_: _: true);
      empty = builtins.toFile "dummy.rs" "pub fn main() {}\n";
      # the files' store path must not become an input
      text = file: builtins.toFile "text" (builtins.unsafeDiscardStringContext (builtins.readFile file));
      isKept =
        path:
        baseNameOf path == "Cargo.toml" || path == "/Cargo.lock" || lib.hasSuffix "/.cargo/config.toml" path;
      find =
        folder:
        builtins.concatLists (
          lib.mapAttrsToList (
            name: type:
            let
              path = "${folder}/${name}";
            in
            if !isSource (toString origSrc + path) type then
              [ ]
            else if type == "directory" then
              find path
            else
              lib.optional (isKept path) path
          ) (builtins.readDir (origSrc + folder))
        );
      put = path: from: "install -Dm644 ${from} $out${path}\n";
      keep = path: put path (text (origSrc + path));
      stub =
        path:
        let
          folder = dirOf path;
          manifest = clean (lib.importTOML (origSrc + path));
          package = manifest.package // {
            build = "${empty}";
          };
        in
        put path (
          pkgs.writeText "Cargo.toml" (
            toTOML (manifest // lib.optionalAttrs (manifest ? package) { inherit package; })
          )
        )
        + lib.concatMapStrings (target: put "${folder}/${target}" empty) (targetsOf (origSrc + folder) manifest);
      dummy = path: if baseNameOf path == "Cargo.toml" then stub path else keep path;
    in
    pkgs.runCommand "source" { } (lib.concatMapStrings dummy (find ""));

  withToolchain = toolchain: rec {
    inherit vendorCargoDeps vendorMultipleCargoDeps mkDummySrc;
    overrideToolchain = t: withToolchain (if lib.isFunction t then t pkgs else t);
    mkCargoDerivation =
      {
        buildPhaseCargoCommand,
        # has to be given, as crane has it; deadnix: skip
        cargoArtifacts,
        checkPhaseCargoCommand ? "",
        installPhaseCommand ? "mkdir -p $out",
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
          pname = args.pname + args.pnameSuffix or "";
          cargoVendorDir = args.cargoVendorDir or (vendorCargoDeps { inherit (args) src; });
          doInstallCargoArtifacts = args.doInstallCargoArtifacts or true;
          nativeBuildInputs = args.nativeBuildInputs or [ ] ++ [
            toolchain
            ./hooks.sh
            pkgs.rsync
            pkgs.zstd
          ];
          buildPhase = ''
            runHook preBuild
            cargo --version
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
            runHook postInstall
          '';
        }
      );

    buildDepsOnly =
      { src, ... }@args:
      mkCargoDerivation (
        args
        // {
          src = mkDummySrc { inherit src; };
          pnameSuffix = "-deps";
          cargoArtifacts = null;
          doCheck = args.doCheck or true;
          doInstallCargoArtifacts = true;
          checkPhaseCargoCommand = args.checkPhaseCargoCommand or "cargoWithProfile test --locked --no-run";
          env = args.env or { } // {
            CRANE_BUILD_DEPS_ONLY = 1;
          };
        }
      );
  };
in
withToolchain null
