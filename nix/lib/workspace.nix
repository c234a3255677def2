# What cargo builds from: the vendored crates, and sources in which only the crates that matter are real.
{
  lib,
  pkgs,
  craneLib,
  toolchain,
  root,
}:
let
  # std's own lock, of the toolchain's rust-src: a copy, because what is in a derivation is not read here.
  stdLockCopy = root + "/nix/std/Cargo-${toolchain.version}.lock";
  stdLock = if builtins.pathExists stdLockCopy then stdLockCopy else null;

  manifest = crate: lib.importTOML (root + "/crates/${crate}/Cargo.toml");
  members = builtins.attrNames (builtins.readDir (root + "/crates"));
  # a crate and the workspace members it is built from
  closure =
    crate:
    lib.unique (
      [ crate ]
      ++ lib.concatMap closure (
        lib.filter (dependency: lib.elem dependency members) (
          builtins.attrNames ((manifest crate).dependencies or { })
        )
      )
    );
  dummy = craneLib.mkDummySrc { src = root; };
  # a store path of its own: nothing else of the repository becomes an input
  alone = path: builtins.path { inherit path; };

  # What `cargo build` needs of a crate: an edit of its tests, data or policy makes no new binary.
  notBuilt = [
    "baseline.json"
    "corpus"
    "fuzz"
    "gauge.toml"
    "tests"
  ];
  buildable =
    path:
    builtins.path {
      inherit path;
      filter = file: _: !(dirOf file == toString path && lib.elem (baseNameOf file) notBuilt);
    };

  # The manifests of the whole workspace (the lock is one for all) with some crates as `take` gives them, so that
  # an edit elsewhere rebuilds nothing.
  withCrates =
    take: crates:
    pkgs.runCommand "source" { } ''
      cp -r --no-preserve=mode ${dummy} $out
      cp ${alone (root + "/Cargo.toml")} $out/Cargo.toml
      ${lib.concatMapStrings (crate: ''
        rm -r $out/crates/${crate}
        cp -r --no-preserve=mode ${take (root + "/crates/${crate}")} $out/crates/${crate}
      '') crates}
    '';
in
{
  inherit
    root
    alone
    members
    closure
    stdLock
    ;
  inherit ((lib.importTOML (root + "/Cargo.toml")).workspace.package) version;
  cargoVendorDir = craneLib.vendorCargoDeps { src = root; };
  # the same and what std is built from
  cargoVendorDirWithStd = craneLib.vendorMultipleCargoDeps {
    cargoLockList = [
      (root + "/Cargo.lock")
      stdLock
    ];
  };

  sourceOf = crate: withCrates buildable (closure crate);
  # the same without that crate
  sourceOfLibraries = crate: withCrates buildable (lib.subtractLists [ crate ] (closure crate));
  # Some crates whole, with their tests. Those of wasm-gauge hold what it prints against the schemas in docs/, and what
  # it does with proposals against the table there.
  wholeSourceOf =
    crates:
    pkgs.runCommand "source" { } ''
      cp -r --no-preserve=mode ${withCrates alone crates} $out
      mkdir -p $out/docs
      cp -r ${alone (root + "/docs/schema")} $out/docs/schema
      cp ${alone (root + "/docs/proposals.md")} $out/docs/proposals.md
    '';
}
