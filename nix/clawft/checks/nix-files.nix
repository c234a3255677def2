# No Nix file declares what it does not use. Where there is no deadnix, as on Debian, there is no check.
{
  lib,
  pkgs,
  workspace,
}:
lib.optionalAttrs (pkgs ? deadnix) {
  nix-files = pkgs.runCommand "nix-files" { nativeBuildInputs = [ pkgs.deadnix ]; } ''
    echo '{ used, unused }: used' > planted.nix
    ! deadnix --fail planted.nix > /dev/null || { echo "what is unused is not found" >&2; exit 1; }
    deadnix --fail ${
      lib.cleanSourceWith {
        src = workspace.root;
        filter = file: type: type == "directory" || lib.hasSuffix ".nix" file;
      }
    } | tee $out
  '';
}
