# weft, the agent as a native program: its builds by name, and what is measured of them. The first is the one that ships.
{
  lib,
  pkgs,
  native,
  toolchain,
  workspace,
  llvmTools,
  workload,
  wasm-gauge,
}:
let
  # The host by its name, so that flags reach neither macros nor what runs while building.
  build =
    {
      name,
      description,
      profile ? "release",
      rustflags ? "",
      flags ? "",
      args ? { },
      apart ? true,
      # a build with the same profile
      host ? null,
    }:
    native {
      inherit
        name
        description
        profile
        rustflags
        apart
        args
        ;
      host = if host == null then null else host.cargoArtifacts;
      package = "clawft-cli";
      program = "weft";
      flags = "--target $(rustc -vV | sed -n 's/^host: //p') ${flags}";
      install = "install -Dm755 target/*/${profile}/weft -t $out/bin";
    };

  # A build that counts what it runs, what it counts at work, and the build that is optimised for that.
  guided =
    {
      name,
      description,
      flags ? "",
      args ? { },
    }:
    rec {
      instrumented = build {
        name = "${name}-instrumented";
        description = "weft, which counts what it runs";
        rustflags = "-Cprofile-generate";
        host = builds.weft;
        inherit flags args;
      };
      counted = pkgs.runCommand "${name}-profile" { nativeBuildInputs = [ toolchain workload ]; } ''
        ${llvmTools}
        clawft-workload conversations --number 20 --messages 200 training
        for conversation in training/[0-9]*.json; do
          LLVM_PROFILE_FILE=''${conversation%.json}.profraw ${instrumented}/bin/weft message --config training/config.json < $conversation > answer
        done
        mkdir $out
        llvm-profdata merge training/*.profraw -o $out/weft.profdata
      '';
      # what depends on the profile, dependencies and all, is built anew with each
      program = optimized {
        inherit counted;
        apart = false;
      };
      # for what the profile in a folder says
      optimized =
        { counted, apart }:
        build {
          inherit
            name
            description
            flags
            apart
            ;
          host = builds.weft;
          # at one path whatever it is, because rustc's flags name files, by which link-time optimisation orders crates
          rustflags = "-Cprofile-use=$NIX_BUILD_TOP/weft.profdata";
          args = args // {
            postUnpack = "cp ${counted}/weft.profdata $NIX_BUILD_TOP";
          };
        };
    };
  ofAnotherProgram = pkgs.runCommand "profile-of-another-program" { nativeBuildInputs = [ toolchain ]; } ''
    ${llvmTools}
    mkdir $out
    printf ':ir\nmain\n1\n1\n1\n' > main.txt
    llvm-profdata merge main.txt -o $out/weft.profdata
  '';
  fast = {
    name = "weft-pgo";
    description = "the clawft agent, native, optimised for speed by a profile";
    flags = "--config profile.release.opt-level=3";
  };
  small = {
    name = "weft-pgo-z";
    description = "the clawft agent, native, optimised for size by a profile";
  };
  guidedForSpeed = guided fast;

  withoutTables = "-Cforce-unwind-tables=no";
  builds = {
    weft = build {
      name = "weft";
      description = "the clawft agent, native";
    };
    weft-thin = build {
      name = "weft-thin";
      description = "the clawft agent, native, with thin link-time optimisation";
      profile = "release-thin";
    };
    weft-no-unwind-tables = build {
      name = "weft-no-unwind-tables";
      description = "the clawft agent, native, without unwind tables but those of the standard library";
      host = builds.weft;
      rustflags = withoutTables;
    };
    weft-speed = build {
      name = "weft-speed";
      description = "the clawft agent, native, optimised for speed";
      host = builds.weft;
      inherit (fast) flags;
    };
    weft-pgo = guidedForSpeed.program;
    weft-pgo-z = (guided small).program;
  }
  // lib.optionalAttrs (workspace.stdLock != null) {
    weft-no-unwind-tables-std = build {
      name = "weft-no-unwind-tables-std";
      description = "the clawft agent, native, without unwind tables: relies on unstable flags";
      rustflags = withoutTables;
      flags = "-Zbuild-std=std,panic_abort";
      args = {
        cargoVendorDir = workspace.cargoVendorDirWithStd;
        RUSTC_BOOTSTRAP = "1";
      };
    };
  };
  others = builtins.attrNames (removeAttrs builds [ "weft" ]);
  arguments = lib.concatMapStringsSep " " (name: "${name}=${lib.getExe builds.${name}}") (
    [ "weft" ] ++ others
  );
  # of other seeds than those that the profile is of
  conversations = pkgs.runCommand "conversations" { nativeBuildInputs = [ workload ]; } ''
    clawft-workload conversations --seed 1001 --messages 1000 $out
  '';
in
{
  inherit builds arguments;
  inherit (guidedForSpeed) instrumented;
  profile = guidedForSpeed.counted;
  # the same, by a profile that says nothing of it
  unguided = guidedForSpeed.optimized {
    counted = ofAnotherProgram;
    apart = true;
  };
  # the same again on one core, but for what only runs while building
  again = guided (fast // { args.CARGO_BUILD_JOBS = "1"; });

  # what is the same each time: native.json
  figures =
    pkgs.runCommandCC "native"
      {
        nativeBuildInputs = [
          toolchain
          wasm-gauge
        ];
      }
      ''
        ${import ../lib/versions.nix}
        mkdir $out
        wasm-gauge native --json $out/native.json --backend ${toolchain.backend or "nix"} \
          --tool "rustc=$rustc" --tool llvm=$(rust "LLVM version") --tool cc=$(version cc) --tool ld=$(version ld) \
          ${arguments} > $out/native.txt
      '';
  # words of `wasm-gauge native` that take what is not
  run = ''
    --run --work "message --config ${conversations}/config.json" \
      $(printf -- '--input %s ' ${conversations}/[0-9]*.json) ${arguments}'';
}
