# What the real crane takes from nixpkgs beyond this flake's own needs. It goes with the real nixpkgs lib, so
# nothing here is evaluated while the stand-ins are in their places:
#   --override-input nixpkgs/lib path:... --override-input crane path:...
{ lib, pkgs }:
let
  inherit (pkgs) stdenv runCommand;
  newScope = extra: lib.callPackageWith (pkgs // extra);
  splicePackages = splices: splices.pkgsHostTarget;
in
lib.genAttrs [ "pkgsBuildBuild" "pkgsBuildHost" "pkgsBuildTarget" "pkgsHostHost" "pkgsHostTarget" ] (_: pkgs)
// {
  inherit newScope splicePackages;
  callPackage = newScope { };
  makeScopeWithSplicing' = lib.makeScopeWithSplicing' { inherit splicePackages newScope; };
  inherit pkgs;
  pkgsTargetTarget = { };
  runCommandLocal = runCommand;

  makeSetupHook =
    {
      name,
      substitutions ? { },
      propagatedBuildInputs ? [ ],
      ...
    }:
    script:
    runCommand name { inherit propagatedBuildInputs; } ''
      mkdir -p $out/nix-support
      cp --no-preserve=mode ${script} $out/nix-support/setup-hook
      substituteInPlace $out/nix-support/setup-hook ${
        lib.concatStringsSep " " (
          lib.mapAttrsToList (old: new: "--subst-var-by ${old} ${new}") substitutions
        )
      }
      fixupPhase
    '';
  writableTmpDirAsHomeHook = pkgs.writeText "hook" "export HOME=$NIX_BUILD_TOP";

  # A crate, under the store path that nixw gives it.
  fetchurl =
    { name, sha256, ... }:
    derivation {
      name = "${lib.removePrefix "cargo-src-" name}.crate";
      inherit (stdenv) system;
      builder = "/bin/sh";
      args = [
        "-c"
        "exit 1"
      ];
      outputHashMode = "flat";
      outputHashAlgo = "sha256";
      outputHash = sha256;
    };

  # crane builds one program with it, which writes TOML; its crates must be in the store too.
  rustPlatform.buildRustPackage =
    {
      pname,
      src,
      cargoLock,
      ...
    }:
    let
      crates = lib.filter (p: p ? checksum) (lib.importTOML cargoLock.lockFile).package;
      crate = p: pkgs.fetchurl { name = "${p.name}-${p.version}"; sha256 = p.checksum; };
    in
    pkgs.runCommandCC pname { } ''
      mkdir vendor
      ${lib.concatMapStrings (p: ''
        tar xzf ${crate p} -C vendor
        echo '{"files":{},"package":"${p.checksum}"}' > vendor/${p.name}-${p.version}/.cargo-checksum.json
      '') crates}
      cp -r --no-preserve=mode ${src} crate
      cd crate
      HOME=$NIX_BUILD_TOP PATH=$PATH:/usr/bin cargo install --offline --path . --root $out --config 'source.crates-io.replace-with="v"' \
        --config "source.v.directory=\"$NIX_BUILD_TOP/vendor\""
    '';
}
