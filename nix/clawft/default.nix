# What only this repository has beside the pipeline of nix/lib: the agent as a native program, the checks that need it, and
# those of the workspace and of the documents.
final: previous:
let
  isLinux = builtins.match ".*-linux" final.system != null;
in
{
  weft = final.call ./weft.nix { };
  # ELF alone is measured
  programs = if isLinux then final.weft else null;
  workload = final.call ./workload.nix { };
  answers = final.call ./answers.nix { };
  workloads = final.call ./workloads.nix { };
  tables = final.call ./tables.nix { };
  remake = ''
    ${final.tables}
    tables README.md docs/*.md
  '';

  packages = previous.packages // {
    weft-profile = final.weft.profile;
  }
  // final.weft.builds;
  apps = previous.apps // {
    build-times = final.call ./build-times.nix { };
    page-test = final.call ./page-test.nix { };
  };
  checks = previous.checks // final.call ./checks { };
}
