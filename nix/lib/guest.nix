# One variant for one target -> its core module, as rustc and wasm-ld made it: names and target_features in it.
{
  lib,
  pkgs,
  call,
  craneLib,
  workspace,
  policy,
  remap,
  rustcWrapper,
  provided,
  # what else the builds of the guest are given, as crane takes it
  craneArgs,
}:
let
  inherit (policy) package folder binary;
  toml = call ./toml.nix { };

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

  variants = builtins.attrValues policy.variants;

  # How the standard library comes to be, by a row's `std`. docs/min.md says what each flag is for.
  stds = {
    prebuilt = {
      flags = [ ];
      rustflags = [ ];
      environment = { };
    };
    rebuilt = {
      flags = [
        "-Zbuild-std=std,panic_abort"
        "-Zbuild-std-features=optimize_for_size"
      ];
      rustflags = [
        "-Zunstable-options"
        "-Cpanic=immediate-abort"
        "-Zlocation-detail=none"
        "-Zfmt-debug=shallow"
      ];
      # the pinned cargo, which is stable, takes unstable flags
      environment.RUSTC_BOOTSTRAP = "1";
    };
  };
  # one for all rows: cargo takes a crate of another folder for another crate
  cargoVendorDir =
    if lib.any (variant: variant.std == "rebuilt") variants then
      workspace.cargoVendorDirWithStd
    else
      workspace.cargoVendorDir;
  rustflags =
    { std, stack-size, ... }:
    stds.${std}.rustflags
    ++ lib.optional (stack-size != null) "-Clink-arg=-zstack-size=${toString (bytes stack-size)}";
  # "64 KiB" -> 65536
  bytes =
    size:
    let
      parts = builtins.match " *([0-9]+) *(B|KiB|MiB) *" size;
    in
    lib.toInt (builtins.head parts)
    * {
      B = 1;
      KiB = 1024;
      MiB = 1024 * 1024;
    }
    .${lib.last parts};

  # What decides about the dependencies, and the variants that have theirs with this one, with all their targets.
  kind = variant: {
    inherit (variant) profile std stack-size;
  };
  variantsWith = variant: lib.filter (other: kind other == kind variant) variants;
  targetsWith = variant: lib.unique (lib.concatMap (other: other.targets) (variantsWith variant));

  common =
    variant:
    let
      targets = targetsWith variant;
      std = stds.${variant.std};
    in
    craneArgs
    // {
      inherit (workspace) version;
      inherit cargoVendorDir;
      pname = package;
      CARGO_PROFILE = variant.profile;
      nativeBuildInputs = [ pkgs.lld ] ++ craneArgs.nativeBuildInputs or [ ];
      # the same names of symbols whatever rustc's default is: up to 1.96 it is legacy
      preBuild = ''
        ${craneArgs.preBuild or ""}
        ${remap}
        ${provided.remap}
        # Macros and build scripts are those of a stable compiler whatever std is: one build of them serves all rows. The
        # wrapper allows unstable flags where some are given.
        printf '[env]\nRUSTC_BOOTSTRAP = { value = "-1", force = true }\n' >> $CARGO_HOME/config.toml
        ${lib.concatMapStrings (target: ''
          export CARGO_TARGET_${env target}_RUSTFLAGS="-Csymbol-mangling-version=v0 ${toString (rustflags variant)} $remap"
        '') targets}
      '';
      RUSTC_WRAPPER = rustcWrapper;
    }
    // std.environment
    # wasm-ld and not wasm-component-ld: wasip2 gives a core module too, for wasm-opt to read.
    // lib.mapAttrs' (target: lib.nameValuePair "CARGO_TARGET_${env target}_LINKER") (
      lib.genAttrs targets (_: "wasm-ld")
    );

  build = buildBy "build";
  buildBy =
    command: variant: targets: features:
    "cargoWithProfile ${command} --locked${provided.flags} --package ${package} --features '${toString features}'"
    + lib.concatMapStrings (flag: " ${flag}") stds.${variant.std}.flags
    + lib.concatMapStrings (target: " --target ${target}") targets;

  # One build of the dependencies, std among them where it is rebuilt, for all variants that have them alike, and for
  # all their targets: what runs on the host, the macros above all, is most of it.
  # Where std is rebuilt, what runs on the host is that of a row with the same profile whose std is not.
  dependencies =
    variant: overrides:
    let
      hosts = lib.filter (other: other.std == "prebuilt" && other.profile == variant.profile) variants;
      host =
        if variant.std == "prebuilt" || hosts == [ ] then
          null
        else
          dependencies (builtins.head hosts) overrides;
    in
    call ./dependencies.nix { } host (
      common variant
      // {
        buildPhaseCargoCommand = build variant (targetsWith variant) [ ];
        doCheck = false;
      }
      # for the wrapper, as buildDepsOnly says
      // lib.optionalAttrs (host != null) { CRANE_BUILD_DEPS_ONLY = 1; }
      // overrides
    );

  # The same and the workspace's crates that the guest is built from, as they are without its features and with those
  # that reach them.
  libraries =
    variant:
    if workspace.closure folder == [ folder ] then
      dependencies variant { }
    else
      craneLib.mkCargoDerivation (
        common variant
        // {
          pnameSuffix = "-libraries";
          src = workspace.sourceOfLibraries folder;
          cargoArtifacts = dependencies variant { };
          buildPhaseCargoCommand = ''
            ${build variant (targetsWith variant) [ ]}
            ${lib.optionalString (policy.measuring != null) (
              build variant (lib.unique (map (other: other.target) (variantsWith variant)))
                policy.measuring.features
            )}
            # the guest itself was empty: cargo is to forget it
            rm -r target/*/${variant.profile}/.fingerprint/${package}-*
          '';
        }
      );

  # The manifests of the crates that the guest is built from, and no other: cargo would count the features that others
  # ask of these.
  alone =
    let
      manifest = lib.importTOML (workspace.root + "/Cargo.toml");
      members = lib.subtractLists [ "" ] (workspace.closure folder);
    in
    pkgs.writeText "Cargo.toml" (
      toml (
        manifest
        // lib.optionalAttrs (manifest ? workspace) {
          workspace = removeAttrs manifest.workspace [ "default-members" ] // {
            inherit members;
          };
        }
      )
    );
in
{
  inherit dependencies;

  # What cargo says of the build of one variant: metadata.json.
  metadata =
    variant:
    craneLib.mkCargoDerivation (
      common variant
      // {
        pnameSuffix = "-${variant.name}-metadata";
        src = workspace.sourceOf folder;
        cargoArtifacts = null;
        buildPhaseCargoCommand = ''
          cp ${alone} Cargo.toml
          cargo metadata --offline --format-version 1${provided.flags} --manifest-path ${workspace.within folder "Cargo.toml"} \
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
        src = workspace.sourceOf folder;
        cargoArtifacts = libraries variant;
        buildPhaseCargoCommand = ''
          # the wrapper notes the arguments of rustc
          export RUSTC_RECORD=$PWD/rustc-arguments
          ${buildBy policy.cargoCommand variant [ target ] variant.features}
        '';
        doInstallCargoArtifacts = false;
        installPhaseCommand = ''
          install -Dm644 target/${target}/${variant.profile}/${binary}.wasm -t $out
          install -Dm644 rustc-arguments -t $out
        '';
      }
      # wasm-ld calls a module as its file, and cargo has a hash in the name of a command's, in which the host is
      // lib.optionalAttrs policy.isCommand {
        postInstall = ''
          ${pkgs.wasm-tools}/bin/wasm-tools metadata add --name ${binary} $out/${binary}.wasm -o named.wasm
          install -m644 named.wasm $out/${binary}.wasm
        '';
      }
      // overrides
    );
}
