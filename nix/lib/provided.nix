# guest-alloc comes from this repository to every workspace that asks for it, as long as it is on no registry: cargo takes it
# from a folder, through its own [patch].
{
  lib,
  workspace,
  # this repository's own crates
  own,
}:
let
  name = "guest-alloc";
  locked = lib.filter (package: package.name == name) (lib.importTOML workspace.lock).package;
  isMember = lib.any (
    folder: (workspace.manifest folder).package.name == name
  ) workspace.members;
  isProvided = lib.any (package: !package ? source) locked && !isMember;
  folder = own.folderOf name;
  source = own.sourceOf folder;
in
{
  # for cargo
  flags = lib.optionalString isProvided " --config 'patch.crates-io.${name}.path=\"${source}/${folder}\"'";
  # shell: its path does not get into messages either, behind remap.nix
  remap = lib.optionalString isProvided ''remap+=" --remap-path-prefix=${source}=/vendor"'';
}
