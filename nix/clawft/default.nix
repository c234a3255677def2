# What only this repository has beside the pipeline of nix/lib: the agent as a native program, the checks that need it, and
# those of the workspace and of the documents.
final: previous: {
  weft = final.call ./weft.nix { };
  workload = final.call ./workload.nix { };
  answers = final.call ./answers.nix { };
  workloads = final.call ./workloads.nix { };
  tables = final.call ./tables.nix { };
  remake = ''
    ${final.tables}
    tables README.md docs/*.md
  '';

  packages = previous.packages // {
    inherit (final) weft;
  };
  checks = previous.checks // final.call ./checks { };
}
