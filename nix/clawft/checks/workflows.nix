# The workflows are right, and give no more rights than they need. Where there are no linters, as on Debian, there is no check.
{
  lib,
  pkgs,
  workspace,
}:
lib.optionalAttrs (pkgs ? actionlint && pkgs ? zizmor) {
  workflows =
    pkgs.runCommand "workflows"
      {
        nativeBuildInputs = [
          pkgs.actionlint
          pkgs.shellcheck
          pkgs.zizmor
        ];
      }
      ''
        cp -r --no-preserve=mode ${workspace.alone (workspace.root + "/.github")} .github
        actionlint .github/workflows/*.yml
        zizmor --offline --persona auditor .github/workflows 2>&1 | tee $out
      '';
}
