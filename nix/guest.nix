# One variant for one target -> its core module, as rustc and wasm-ld made it: names and target_features in it.
{
  lib,
  pkgs,
  craneLib,
  workspace,
  policy,
}:
let
  inherit (policy) package targets;
  library = builtins.replaceStrings [ "-" ] [ "_" ] package;

  env = builtins.replaceStrings [ "wasm32-wasip" ] [ "WASM32_WASIP" ];

  common =
    profile:
    {
      inherit (workspace) version cargoVendorDir;
      pname = package;
      CARGO_PROFILE = profile;
      nativeBuildInputs = [ pkgs.lld ];
      # No path of the build gets into a panic message. The stack is one page short of rustc's 1 MiB: static data, which
      # follows it, then lies below 1 MiB, where LEB128 takes one byte less for each address.
      preBuild = ''
        flags="-C link-arg=-zstack-size=${toString (15 * 65536)} --remap-path-prefix=$PWD=/${package}"
        while read -r vendored; do
          flags+=" --remap-path-prefix=$vendored=/vendor"
        done < <(sed -n 's/^directory = "\(.*\)"$/\1/p' $CARGO_HOME/config.toml)
        ${lib.concatMapStrings (target: ''
          export CARGO_TARGET_${env target}_RUSTFLAGS=$flags
        '') targets}
      '';
    }
    # wasm-ld and not wasm-component-ld: wasip2 gives a core module too, for wasm-opt to read.
    // lib.mapAttrs' (target: lib.nameValuePair "CARGO_TARGET_${env target}_LINKER") (
      lib.genAttrs targets (_: "wasm-ld")
    );

  build =
    targets: features:
    "cargoWithProfile build --locked --package ${package} --features '${toString features}'"
    + lib.concatMapStrings (target: " --target ${target}") targets;

  # One build of the dependencies for all variants of a profile, and for both targets: what runs on the
  # host, the macros above all, is most of it.
  dependencies =
    profile:
    craneLib.buildDepsOnly (
      common profile
      // {
        src = workspace.root;
        buildPhaseCargoCommand = build targets [ ];
        doCheck = false;
      }
    );
in
{
  inherit library;

  # What cargo says of the build of one variant: metadata.json. The crates that it is not built from are taken
  # away, because cargo would count the features that they ask of others.
  metadata =
    variant: target:
    craneLib.mkCargoDerivation (
      common variant.profile
      // {
        pnameSuffix = "-${variant.name}-metadata";
        src = workspace.sourceOf package;
        cargoArtifacts = null;
        buildPhaseCargoCommand = ''
          for crate in crates/*; do
            case " ${toString (workspace.closure package)} " in *" ''${crate#crates/} "*) ;; *) rm -r $crate ;; esac
          done
          cargo metadata --offline --format-version 1 --manifest-path crates/${package}/Cargo.toml \
            --filter-platform ${target} --features '${toString variant.features}' > metadata.json
        '';
        doInstallCargoArtifacts = false;
        installPhaseCommand = "install -Dm644 metadata.json -t $out";
      }
    );

  # overrides: for checks that build the same in another way
  core =
    {
      variant,
      target,
      overrides ? { },
    }:
    craneLib.mkCargoDerivation (
      common variant.profile
      // {
        pnameSuffix = "-${variant.name}-${target}";
        src = workspace.sourceOf package;
        cargoArtifacts = dependencies variant.profile;
        buildPhaseCargoCommand = build [ target ] variant.features;
        doInstallCargoArtifacts = false;
        installPhaseCommand = "install -Dm644 target/${target}/${variant.profile}/${library}.wasm -t $out";
      }
      // overrides
    );
}
