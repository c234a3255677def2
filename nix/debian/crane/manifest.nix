# Cargo.toml as data.
{ lib }:
let
  inherit (builtins) attrNames readDir toJSON;
  value =
    v:
    if builtins.isAttrs v then
      "{ ${lib.concatStringsSep ", " (lib.mapAttrsToList (name: v: "${toJSON name} = ${value v}") v)} }"
    else if builtins.isList v then
      "[ ${lib.concatMapStringsSep ", " value v} ]"
    else
      toJSON v;
  kinds = [
    "lib"
    "bin"
    "example"
    "test"
    "bench"
  ];
in
{
  toTOML = manifest: lib.concatStringsSep "" (lib.mapAttrsToList (name: v: "${toJSON name} = ${value v}\n") manifest);

  # What decides nothing of the dependencies is taken away: an edit of it rebuilds none.
  clean =
    manifest:
    let
      target = lib.mapAttrs (
        _: v:
        let
          cleanTarget =
            t:
            removeAttrs t [
              "test"
              "doctest"
              "bench"
              "doc"
              "plugin"
              "required-features"
            ];
        in
        if builtins.isList v then map cleanTarget v else cleanTarget v
      ) (lib.filterAttrs (name: _: lib.elem name kinds) manifest);
    in
    removeAttrs manifest [
      "badges"
      "lints"
    ]
    // target
    // lib.optionalAttrs (manifest ? package) {
      package = removeAttrs manifest.package [
        "authors"
        "autobenches"
        "autobins"
        "autoexamples"
        "autotests"
        "build"
        "categories"
        "default-run"
        "description"
        "documentation"
        "exclude"
        "homepage"
        "include"
        "keywords"
        "license"
        "license-file"
        "links"
        "metadata"
        "publish"
        "readme"
        "repository"
        "rust-version"
      ];
    }
    // lib.optionalAttrs (manifest ? workspace) {
      workspace = removeAttrs manifest.workspace [
        "lints"
        "metadata"
      ];
    };

  # The source files of a crate's targets, as cargo finds them: in its folder, and in its manifest.
  targetsOf =
    folder: manifest:
    let
      filesIn = path: if builtins.pathExists (folder + path) then readDir (folder + path) else { };
      found = path: lib.optional (builtins.pathExists (folder + "/${path}")) path;
      declared = kind: map (t: t.path or "${folderOf.${kind}}/${t.name}.rs") (manifest.${kind} or [ ]);
      folderOf = {
        bin = "src/bin";
        example = "examples";
        test = "tests";
        bench = "benches";
      };
    in
    lib.optionals (manifest ? package) (
      found "src/main.rs"
      ++ lib.optionals (manifest ? lib) [ (manifest.lib.path or "src/lib.rs") ]
      ++ lib.optionals (!manifest ? lib) (found "src/lib.rs")
      ++ map (
        name: "src/bin/" + (if (filesIn "/src/bin").${name} == "directory" then "${name}/main.rs" else name)
      ) (attrNames (filesIn "/src/bin"))
      ++ lib.concatMap declared (attrNames folderOf)
    );
}
