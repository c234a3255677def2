# rustc that tells of another host than this one, so that cargo hears it; HOST is shell. What is compiled for the host is for
# this one all the same.
{ pkgs }:
host:
pkgs.writeShellScript "rustc-of-another-host" ''
  if [ "$*" = -vV ]; then
    rustc -vV | sed "s/^host: .*/host: ${host}/"
  else
    exec rustc "$@"
  fi
''
