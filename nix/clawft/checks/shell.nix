# shellcheck has nothing to say of the scripts of the repository, and of those that the apps are.
{
  lib,
  pkgs,
  workspace,
  apps,
}:
let
  source = lib.cleanSourceWith {
    src = workspace.root;
    filter =
      file: type:
      type == "directory"
      || lib.hasSuffix ".sh" file
      || baseNameOf file == ".shellcheckrc"
      || builtins.match "[a-z-]+" (baseNameOf file) != null;
  };
in
pkgs.runCommand "shell"
  {
    nativeBuildInputs = [ pkgs.shellcheck ];
    programs = lib.mapAttrsToList (_: app: app.program) apps;
  }
  ''
    cp -r --no-preserve=mode ${source} source
    cd source
    # an app may be a program
    for program in $programs; do
      if [ "$(head -c 2 $program)" = '#!' ]; then cp $program .; fi
    done
    mapfile -t scripts < <({ grep -rlIE '^#!.*[/ ]bash$' .; find . -name '*.sh'; } | sort -u)

    echo 'rm -r $1' > planted.sh
    ! shellcheck planted.sh > /dev/null || { echo "an unquoted word is not found" >&2; exit 1; }
    shellcheck "''${scripts[@]}"
    echo "''${#scripts[@]} scripts, and shellcheck has nothing to say" | tee $out
  ''
