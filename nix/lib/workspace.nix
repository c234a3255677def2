# What cargo builds from: the vendored crates, and sources in which only the crates that matter are real, so that an edit
# elsewhere rebuilds nothing. A crate is known by its folder in the workspace; that of a crate at the root is "".
{
  lib,
  pkgs,
  craneLib,
  toolchain,
  root,
  # paths in the workspace that no build reads
  ignore,
}:
let
  within = folder: file: if folder == "" then file else "${folder}/${file}";
  at = folder: if folder == "" then root else root + "/${folder}";
  # a store path of its own: nothing else of the repository becomes an input
  alone = path: builtins.path { inherit path; };

  lock =
    lib.throwIf (!builtins.pathExists (root + "/Cargo.lock"))
      "there is no Cargo.lock beside the Cargo.toml of the workspace: run `cargo generate-lockfile`, and git add it"
      (root + "/Cargo.lock");
  rootManifest =
    lib.throwIf (!builtins.pathExists (root + "/Cargo.toml"))
      "there is no Cargo.toml in ${toString root}: src is the folder of a workspace, as ./., and git knows its files"
      (lib.importTOML (root + "/Cargo.toml"));
  manifest = folder: lib.importTOML (at folder + "/Cargo.toml");

  # "crates/*" -> the folders with a manifest that it matches
  expand =
    pattern:
    let
      regex = part: builtins.replaceStrings [ "." "*" ] [ "\\." "[^/]*" ] part;
      folders =
        folder: part:
        lib.filter (name: builtins.match (regex part) name != null) (
          builtins.attrNames (lib.filterAttrs (_: type: type == "directory") (builtins.readDir (at folder)))
        );
      walk =
        folder: parts:
        if parts == [ ] then
          [ folder ]
        else
          lib.concatMap (name: walk (within folder name) (builtins.tail parts)) (
            folders folder (builtins.head parts)
          );
      parts = lib.filter (part: builtins.isString part && part != "" && part != ".") (builtins.split "/" pattern);
    in
    lib.filter (folder: builtins.pathExists (at folder + "/Cargo.toml")) (walk "" parts);

  excluded = lib.concatMap expand (rootManifest.workspace.exclude or [ ]);
  listed = lib.subtractLists excluded (
    lib.concatMap expand (rootManifest.workspace.members or [ ])
  );
  # those that are listed, and those that they are built from
  members =
    let
      all = lib.unique (lib.concatMap closure (lib.optional (rootManifest ? package) "" ++ listed));
      name = folder: (manifest folder).package.name;
      namesakes = folder: lib.filter (other: name other == name folder) all;
      ambiguous = lib.filter (folder: builtins.length (namesakes folder) > 1) all;
    in
    lib.throwIf (ambiguous != [ ])
      "Cargo.toml: more than one crate of the workspace is called ${name (builtins.head ambiguous)}: ${
        lib.concatMapStringsSep ", " (folder: within folder "Cargo.toml") ambiguous
      }"
      all;

  # the folders of the crates that one is built from, within this workspace
  local =
    folder:
    let
      found = manifest folder;
      dependencies =
        table: (table.dependencies or { }) // (table.build-dependencies or { });
      all = map dependencies ([ found ] ++ builtins.attrValues (found.target or { }));
      # a path beside the manifest that says it -> a folder of the workspace
      resolve =
        base: path:
        let
          absolute = toString (at base + "/${path}");
        in
        lib.throwIf (!lib.hasPrefix "${toString root}/" absolute)
          "${within folder "Cargo.toml"}: the path ${path} leads out of the flake"
          (relative absolute);
      folderOf =
        name: dependency:
        if dependency.workspace or false then
          let
            shared = rootManifest.workspace.dependencies.${name};
          in
          lib.optional (shared ? path) (resolve "" shared.path)
        else
          lib.optional (dependency ? path) (resolve folder dependency.path);
    in
    lib.unique (
      lib.concatMap (
        table: lib.concatMap (name: folderOf name table.${name}) (builtins.attrNames table)
      ) all
    );
  # a crate and those that it is built from
  closure = folder: lib.unique ([ folder ] ++ lib.concatMap closure (local folder));

  folderOf =
    package:
    let
      found = lib.filter (folder: (manifest folder).package.name == package) members;
    in
    lib.throwIf (builtins.length found != 1)
      "Cargo.toml: ${toString (builtins.length found)} crates of the workspace are called ${package}: ${toString found}"
      (builtins.head found);

  # Files of the repository that a build may read beside the crates: all that is in no crate and is not to be ignored.
  isIgnored = file: lib.elem (relative file) ignore;
  relative = file: builtins.substring (builtins.stringLength (toString root) + 1) (-1) (toString file);
  shared = builtins.path {
    name = "shared";
    path = root;
    filter = file: _: !lib.elem (relative file) (lib.subtractLists [ "" ] members) && !isIgnored file;
  };
  buildable =
    folder:
    builtins.path {
      path = at folder;
      filter = file: _: !isIgnored file;
    };

  dummy = craneLib.mkDummySrc { src = sources; };
  # what is not ignored
  sources = lib.cleanSourceWith {
    src = root;
    filter = file: _: !isIgnored file;
  };

  # The manifests of the whole workspace (the lock is one for all) with some crates as `take` gives them.
  withCrates =
    take: folders:
    pkgs.runCommand "source" { } ''
      cp -r --no-preserve=mode ${dummy} $out
      cp -r --no-preserve=mode ${shared}/. $out
      ${lib.concatMapStrings (folder: ''
        rm -r $out/${folder}
        cp -r --no-preserve=mode ${take folder} $out/${folder}
      '') (lib.subtractLists [ "" ] folders)}
    '';

  # std's own lock, of the toolchain's rust-src: a copy, because what is in a derivation is not read here
  stdLockCopy = root + "/nix/std/Cargo-${toolchain.version}.lock";
  stdLock = if builtins.pathExists stdLockCopy then stdLockCopy else null;
in
{
  inherit
    root
    at
    within
    alone
    manifest
    members
    closure
    folderOf
    stdLock
    sources
    lock
    ;
  version = (rootManifest.workspace.package or rootManifest.package or { }).version or "0";
  cargoVendorDir = craneLib.vendorCargoDeps { src = builtins.dirOf lock; };
  # the same and what std is built from
  cargoVendorDirWithStd = craneLib.vendorMultipleCargoDeps {
    cargoLockList = [
      lock
      stdLock
    ];
  };

  sourceOf = folder: withCrates buildable (closure folder);
  # the same without that crate
  sourceOfLibraries = folder: withCrates buildable (lib.subtractLists [ folder ] (closure folder));
  # some crates whole, with what a build does not read of them
  wholeSourceOf = withCrates (folder: alone (at folder));
}
