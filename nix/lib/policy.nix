# gauge.toml -> what is built. A row is complete after this: every key that it may leave out has its default. Whether the
# rest of the policy is right is for wasm-gauge to say, in the check `policy`. Rows with a rebuilt standard library are left
# out where there is no lock of it.
{
  lib,
  workspace,
  # the policy's path in the workspace, or null where it is beside a crate
  policyFile,
}:
let
  inherit (workspace) at within;

  beside = lib.filter (
    folder: builtins.pathExists (at folder + "/gauge.toml")
  ) workspace.members;
  file =
    if policyFile != null then
      policyFile
    else if beside == [ ] then
      throw "there is no gauge.toml beside a crate of this workspace: `wasm-gauge init` writes one"
    else if builtins.length beside > 1 then
      throw "there is more than one gauge.toml: say which is meant, as in policy = \"${within (builtins.head beside) "gauge.toml"}\""
    else
      within (builtins.head beside) "gauge.toml";
  folder =
    let
      parts = builtins.match "(.*)/[^/]*" file;
    in
    if parts == null then "" else builtins.head parts;
  given =
    lib.throwIf (!builtins.pathExists (at file)) "there is no ${file}"
      (lib.importTOML (at file));
  manifest = workspace.manifest folder;
  package = manifest.package.name;

  # What is built of the package: a library for a host to call where it says so, or a command, or, where it is neither, its
  # library for a host all the same.
  isHostLibrary = lib.elem "cdylib" (manifest.lib.crate-type or [ ]);
  isCommand = !isHostLibrary && commands != [ ];
  library = builtins.replaceStrings [ "-" ] [ "_" ] (manifest.lib.name or package);
  commands =
    if manifest ? bin then
      map (bin: bin.name) manifest.bin
    else
      lib.optional (builtins.pathExists (at folder + "/src/main.rs")) package
      ++ map (lib.removeSuffix ".rs") (
        lib.optionals (builtins.pathExists (at folder + "/src/bin")) (
          builtins.attrNames (builtins.readDir (at folder + "/src/bin"))
        )
      );
  command = if lib.elem package commands then package else builtins.head commands;

  row =
    name:
    {
      summary ? manifest.package.description or package,
      allocator ? null,
      features ? [ ],
      profile ? given.profile or "release",
      target ? given.target or "wasm32-wasip2",
      component ? given.component or (target != "wasm32-wasip1"),
      stack-size ? given.stack-size or null,
      wasip1 ? false,
      std ? "prebuilt",
      one-shot ? false,
      ...
    }:
    {
      inherit
        name
        summary
        allocator
        features
        profile
        target
        component
        stack-size
        wasip1
        std
        one-shot
        ;
      # all that core modules are built for
      targets = [ target ] ++ lib.optional wasip1 "wasm32-wasip1";
    };
  rows = lib.mapAttrs row (given.variants or { ${package} = { }; });
  cannotBeBuilt = name: workspace.stdLock == null && rows.${name}.std == "rebuilt";
  leftOut = lib.filter cannotBeBuilt (builtins.attrNames rows);
  variants = removeAttrs rows leftOut;
  misnamed = lib.filter (
    name: builtins.match "[A-Za-z0-9_][A-Za-z0-9_-]*" name == null || name == "default"
  ) (builtins.attrNames rows);
  default = given.default-variant or (builtins.head (builtins.attrNames rows));

  # the files in the policy's folder that "tests/calls/*.jsonl" or a plain path names, as paths in the workspace
  files =
    pattern:
    let
      parts = builtins.match "(.*/)?([^/]*)" pattern;
      inside = within folder (if builtins.head parts == null then "." else builtins.head parts);
      regex = builtins.replaceStrings [ "." "*" ] [ "\\." ".*" ] (lib.last parts);
      found = lib.filter (name: builtins.match regex name != null) (
        lib.optionals (builtins.pathExists (at inside)) (builtins.attrNames (builtins.readDir (at inside)))
      );
    in
    lib.throwIf (found == [ ]) "${file}: there is no file ${within folder pattern}: is it in git?" (
      map (name: within inside name) found
    );
  contents = path: builtins.path { path = at path; };
  callFiles = lib.optionals (given ? calls) (files given.calls.behaviour);
  startupFiles = lib.optionals (given ? startup.calls) (files given.startup.calls);
  workloadFiles = lib.mapAttrs (_: workload: files workload.calls) (given.workloads or { });

  # a profile of the workspace with what it inherits
  profileOf =
    name:
    let
      own = (workspace.manifest "").profile.${name} or { };
    in
    lib.optionalAttrs (own ? inherits) (profileOf own.inherits) // own;
  stripped = lib.filter (
    name:
    lib.elem ((profileOf name).strip or false) [
      true
      "symbols"
    ]
  ) (map (row: row.profile) (builtins.attrValues variants));

  # what makes no sense to go on with
  problems =
    lib.optional (given.package or package != package)
      "package is ${given.package}, and the Cargo.toml beside it is of ${package}"
    ++ lib.optional (stripped != [ ])
      "the profile ${builtins.head stripped} strips the names off, and what tells wasm-opt of the features that code uses: write strip = \"debuginfo\" in Cargo.toml, what ships has no names"
    ++ lib.optional (misnamed != [ ])
      "a variant cannot be called ${toString misnamed}: its name is part of the names of packages, of letters, digits, - and _, and not `default`"
    ++ lib.optional (!variants ? ${default})
      "default-variant is ${default}, and there is no such row: it is one of ${toString (builtins.attrNames variants)}";
in
lib.throwIf (problems != [ ]) "${file}: ${builtins.head problems}" {
  inherit
    file
    folder
    package
    variants
    leftOut
    default
    isCommand
    ;
  # what cargo is to do
  cargoCommand =
    if isCommand then
      "build --bin ${command}"
    else if isHostLibrary then
      "build"
    else
      "rustc --lib --crate-type cdylib";
  # what the file is called that cargo makes, without .wasm
  binary = if isCommand then command else library;
  # What wasm-gauge reads when it judges by the policy: the file, the manifest and the record beside it. An edit of
  # anything else in the folder judges nothing anew.
  judged =
    builtins.path {
      name = "policy";
      path = at folder;
      filter =
        path: _:
        lib.elem path (
          map (name: "${toString (at folder)}/${name}") [
            (baseNameOf file)
            "Cargo.toml"
            "baseline.json"
          ]
        );
    }
    + "/${baseNameOf file}";
  # what of the policy's folder no build reads
  notBuilt = [
    file
    (within folder "baseline.json")
  ]
  ++ callFiles
  ++ startupFiles
  ++ builtins.concatLists (builtins.attrValues workloadFiles);
  hasBaseline = builtins.pathExists (at folder + "/baseline.json");
  rebuildsStd = lib.any (row: row.std == "rebuilt") (builtins.attrValues rows);
  # whether a part is there
  has = part: given ? ${part};
  bans = given.bans or { };
  # custom sections that what ships has to have
  keep = given.sections.keep or [ ];
  # the WIT whose world binaries have, where it is not to be the one that they bring
  world = if given ? world then within folder given.world else null;
  # cargo features of the build that workloads run on and that counts its allocations, the export that tells of it, and
  # its world, or null
  measuring = given.measuring or null;
  calls = map contents callFiles;
  # the file whose first call start-up is measured up to, or null
  startup = if startupFiles == [ ] then null else contents (builtins.head startupFiles);
  workloads = lib.mapAttrs (_: found: contents (builtins.head found)) workloadFiles;
}
