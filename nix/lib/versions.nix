# Shell: what tools say of themselves.
''
  # what rustc says of KEY
  rust() { rustc -vV | sed -n "s/^$1: //p"; }
  commit=$(rust commit-hash)
  rustc="$(rust release) (''${commit:0:9})"
  # the first number with dots that a tool says of itself
  version() { "$@" --version | grep -oE -m 1 '[0-9]+(\.[0-9]+)*' | head -n 1; }
''
