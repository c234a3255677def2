# One variant for one target -> its core module, as rustc and wasm-ld made it: names and target_features in it.
{
  lib,
  pkgs,
  craneLib,
  workspace,
  policy,
  remap,
  rustcWrapper,
}:
let
  inherit (policy) package;
  library = builtins.replaceStrings [ "-" ] [ "_" ] package;

  env =
    builtins.replaceStrings
      [
        "wasm32-wasip"
        "wasm32-unknown-unknown"
      ]
      [
        "WASM32_WASIP"
        "WASM32_UNKNOWN_UNKNOWN"
      ];

  # How the standard library comes to be, by a row's `std`. docs/min.md says what each flag is for.
  stds = {
    prebuilt = {
      inherit (workspace) cargoVendorDir;
      flags = [ ];
      # The stack is one page short of rustc's 1 MiB: static data, which follows it, then lies below 1 MiB, where LEB128
      # takes one byte less for each address.
      rustflags = [ "-Clink-arg=-zstack-size=${toString (15 * 65536)}" ];
      environment = { };
    };
    rebuilt = {
      cargoVendorDir = workspace.cargoVendorDirWithStd;
      flags = [
        "-Zbuild-std=std,panic_abort"
        "-Zbuild-std-features=optimize_for_size"
      ];
      rustflags = [
        "-Zunstable-options"
        "-Cpanic=immediate-abort"
        "-Zlocation-detail=none"
        "-Zfmt-debug=shallow"
        "-Clink-arg=-zstack-size=65536"
      ];
      # the pinned toolchain, which is stable, takes unstable flags
      environment.RUSTC_BOOTSTRAP = "1";
    };
  };

  # All variants that have their dependencies with this one, and their targets.
  variantsWith =
    { profile, std, ... }:
    lib.filter (other: other.profile == profile && other.std == std) (builtins.attrValues policy.variants);
  targetsWith = variant: lib.unique (lib.concatMap (other: other.targets) (variantsWith variant));

  common =
    variant:
    let
      targets = targetsWith variant;
      std = stds.${variant.std};
    in
    {
      inherit (workspace) version;
      inherit (std) cargoVendorDir;
      pname = package;
      CARGO_PROFILE = variant.profile;
      nativeBuildInputs = [ pkgs.lld ];
      # the same names of symbols whatever rustc's default is: up to 1.96 it is legacy
      preBuild = ''
        ${remap}
        ${lib.concatMapStrings (target: ''
          export CARGO_TARGET_${env target}_RUSTFLAGS="-Csymbol-mangling-version=v0 ${toString std.rustflags} $remap"
        '') targets}
      '';
      RUSTC_WRAPPER = rustcWrapper;
    }
    // std.environment
    # wasm-ld and not wasm-component-ld: wasip2 gives a core module too, for wasm-opt to read.
    // lib.mapAttrs' (target: lib.nameValuePair "CARGO_TARGET_${env target}_LINKER") (
      lib.genAttrs targets (_: "wasm-ld")
    );

  build =
    variant: targets: features:
    "cargoWithProfile build --locked --package ${package} --features '${toString features}'"
    + lib.concatMapStrings (flag: " ${flag}") stds.${variant.std}.flags
    + lib.concatMapStrings (target: " --target ${target}") targets;

  # One build of the dependencies, std among them where it is rebuilt, for all variants that have them alike, and for
  # all their targets: what runs on the host, the macros above all, is most of it.
  dependencies =
    variant: overrides:
    craneLib.buildDepsOnly (
      common variant
      // {
        src = workspace.root;
        buildPhaseCargoCommand = build variant (targetsWith variant) [ ];
        doCheck = false;
      }
      // overrides
    );

  # The same and the workspace's crates that the guest is built from, as they are without its features and with those
  # that reach them.
  libraries =
    variant:
    craneLib.mkCargoDerivation (
      common variant
      // {
        pnameSuffix = "-libraries";
        src = workspace.sourceOfLibraries package;
        cargoArtifacts = dependencies variant { };
        buildPhaseCargoCommand = ''
          ${build variant (targetsWith variant) [ ]}
          ${build variant (lib.unique (map (other: other.target) (variantsWith variant))) [ "bench" ]}
          # the guest itself was empty: cargo is to forget it
          rm -r target/*/${variant.profile}/.fingerprint/${package}-*
        '';
      }
    );
in
{
  inherit library dependencies;

  # What cargo says of the build of one variant: metadata.json. The crates that it is not built from are taken
  # away, because cargo would count the features that they ask of others.
  metadata =
    variant:
    craneLib.mkCargoDerivation (
      common variant
      // {
        pnameSuffix = "-${variant.name}-metadata";
        src = workspace.sourceOf package;
        cargoArtifacts = null;
        buildPhaseCargoCommand = ''
          for crate in crates/*; do
            case " ${toString (workspace.closure package)} " in *" ''${crate#crates/} "*) ;; *) rm -r $crate ;; esac
          done
          cargo metadata --offline --format-version 1 --manifest-path crates/${package}/Cargo.toml \
            --filter-platform ${variant.target} --features '${toString variant.features}' > metadata.json
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
      common variant
      // {
        pnameSuffix = "-${variant.name}-${target}";
        src = workspace.sourceOf package;
        cargoArtifacts = libraries variant;
        buildPhaseCargoCommand = build variant [ target ] variant.features;
        doInstallCargoArtifacts = false;
        installPhaseCommand = "install -Dm644 target/${target}/${variant.profile}/${library}.wasm -t $out";
      }
      // overrides
    );
}
