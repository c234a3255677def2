# The workspace's own checks: clippy, doc, test, fmt, msrv. The tool has far more dependencies than the other crates, and
# is not edited with them: each has the first three for itself.
{
  lib,
  pkgs,
  call,
  craneLib,
  workspace,
  policy,
  guest,
  products,
  wasm-gauge,
}:
let
  check =
    name: args:
    craneLib.mkCargoDerivation (
      {
        inherit (workspace) version cargoVendorDir;
        pname = "clawft";
        CARGO_PROFILE = "";
        doCheck = false;
        pnameSuffix = "-${name}";
        cargoArtifacts = null;
        doInstallCargoArtifacts = false;
      }
      // args
    );
  ofCrates = call ./crates.nix { inherit check source; };
  source = call ./source.nix { };
  members = map (folder: (workspace.manifest folder).package.name) workspace.members;
  tool = "wasm-gauge";
  # What the program is built with serves its checks too. Its own code is soon compiled where only tests run it.
  ofTool = ofCrates {
    name = "tool";
    crates = [ tool ];
    args = { inherit (wasm-gauge) CARGO_PROFILE preBuild; };
    compiled = wasm-gauge.cargoArtifacts;
    # what the command line says of itself is for a terminal
    documented = [ "lib" ];
    testFlags = "--config profile.release-tool.package.${tool}.opt-level=0 --config profile.release-tool.package.${tool}.debug-assertions=true";
  };
  ofAgent = ofCrates {
    name = "agent";
    crates = lib.subtractLists [ tool ] members;
  };

  variants = builtins.attrValues policy.variants;
  default = policy.variants.${policy.default};
  # every variant for its component's target, and the default for its others and with what only measures
  guests = lib.unique (
    map (variant: { inherit (variant) target features; }) variants
    ++ lib.concatMap (target: [
      {
        inherit target;
        inherit (default) features;
      }
      {
        inherit target;
        inherit (products.default.measured) features;
      }
    ]) default.targets
  );
  # `cargo COMMAND` on the guest for what it is built for
  onGuest =
    command: target: features:
    "cargoWithProfile ${command} --locked --package ${policy.package} --target ${target} --features '${toString features}'";
  # Clippy on the guest, with the macros that guests are built with.
  guestClippy =
    overrides:
    guest.core {
      variant = default;
      inherit (default) target;
      overrides = {
        pnameSuffix = "-clippy";
        installPhaseCommand = "touch $out";
        # that is for what links
        RUSTC_WRAPPER = "";
      }
      // overrides;
    };
  clippyOfGuest = guestClippy {
    cargoArtifacts = guestClippy {
      pnameSuffix = "-clippy-deps";
      src = craneLib.mkDummySrc { src = workspace.sources; };
      cargoArtifacts = guest.dependencies default { };
      # all allocators at once, which an empty guest does not refuse
      buildPhaseCargoCommand = lib.concatMapStrings (
        target: onGuest "check" target (lib.unique (lib.concatMap (variant: variant.features) variants)) + "\n"
      ) (lib.unique (map (guest: guest.target) guests));
      doInstallCargoArtifacts = true;
      installPhaseCommand = "mkdir -p $out";
    };
    buildPhaseCargoCommand = lib.concatMapStrings (
      guest: onGuest "clippy" guest.target guest.features + " -- --deny warnings\n"
    ) guests;
  };

  oracles = call ./oracles.nix { inherit (ofTool) tests; };
in
{
  clippy = pkgs.runCommand "clippy" { } "cat ${ofAgent.clippy} ${ofTool.clippy} ${clippyOfGuest} > $out";
  doc = pkgs.runCommand "doc" { } "cat ${ofAgent.doc} ${ofTool.doc} > $out";
  test = pkgs.runCommand "test" { } ''
    cat ${ofAgent.test}/coverage ${ofTool.test}/coverage ${oracles} | tee $out
  '';

  # The toolchain at hand may be newer than the pin: what the locked crates ask for must not be.
  msrv = check "msrv" {
    src = source members;
    nativeBuildInputs = [ pkgs.jq ];
    buildPhaseCargoCommand = ''
      cargo metadata --locked --offline --format-version 1 > metadata.json
      jq -r '.packages[] | select(.rust_version) | "\(.rust_version) \(.name) \(.version)"' metadata.json |
        sort -V > declared
      pin=${(lib.importTOML (workspace.root + "/Cargo.toml")).workspace.package.rust-version}
      echo "$(wc -l < declared) of $(jq '.packages | length' metadata.json) locked crates declare a rust-version; the newest:"
      tail -n 3 declared
      newest=$(tail -n 1 declared)
      if [ "$(printf '%s\n' "$pin" "''${newest%% *}" | sort -V | tail -n 1)" != "$pin" ]; then
        echo "$newest needs a newer Rust than the pinned $pin" >&2
        exit 1
      fi
    '';
  };

  fmt = check "fmt" {
    src = source members;
    cargoVendorDir = null;
    buildPhaseCargoCommand = "cargo fmt --all -- --check";
  };
}
