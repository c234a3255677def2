#!/usr/bin/env bash
# nix.sh ARGS...: inside the root, put the locked crates into the store and run nix on the stand-ins.
set -euo pipefail

# cargo downloads and Nix verifies: `--add-fixed` gives each .crate the store path that the checksum in
# Cargo.lock stands for, so builds need no network. The toolchain's std has crates and a lock of its own.
add_crates() {
  local std=/usr/lib/rustlib/src/rust/library stamp workspace
  stamp=$CARGO_HOME/in-store-$(cat "$repository/Cargo.lock" $std/Cargo.lock | sha256sum | cut -c1-16)
  if [[ -f $stamp ]] && xargs -r stat -t <"$stamp" &>/dev/null; then return; fi

  for workspace in "$repository" $std; do
    # std's manifests use features that only an unstable cargo has
    if ! RUSTC_BOOTSTRAP=1 cargo fetch --quiet --locked --manifest-path "$workspace/Cargo.toml"; then
      echo "nixw: cargo could not fetch the crates of $workspace/Cargo.lock (its message is above)" >&2
      # A stale lock is for the checks to report; without the crates nothing can run.
      return
    fi
  done
  find "$CARGO_HOME/registry/cache" -name '*.crate' -print0 |
    xargs -0r nix-store --add-fixed sha256 >"$stamp.new"
  mv "$stamp.new" "$stamp"
}

# The subcommand: the first word, or the first two of `nix flake ...`.
words=()
for arg in "$@"; do
  [[ $arg != -* ]] || break
  words+=("$arg")
  [[ $arg == flake && ${#words[@]} == 1 ]] || break
done

inputs=()
for input in nixpkgs crane rust-overlay; do
  inputs+=(--override-input "$input" "path:/etc/nixw/$input")
done

# Without a lock file in which the inputs are overridden already, nix tells of it in every call.
lock_inputs() {
  local arg previous='' flake=
  for arg in "$@"; do
    [[ $arg != -- ]] || break
    # An expression, which holds such characters too.
    if [[ $previous == --apply ]]; then previous=; continue; fi
    previous=$arg
    [[ $arg == *[#:]* || -e $arg/flake.nix ]] || continue
    # There is one lock file: it cannot serve two flakes.
    [[ -z $flake || $flake == "${arg%%#*}" ]] || return 0
    flake=${arg%%#*}
  done
  # What is wrong with the flake is for the command itself to tell.
  if nix flake lock "${inputs[@]}" --output-lock-file "$run/flake.lock" "${flake:-.}" &>/dev/null; then
    inputs+=(--reference-lock-file "$run/flake.lock")
  fi
}

case "${words[*]}" in
  build | run | develop | eval | shell | print-dev-env | "flake check" | "flake show" | "flake metadata" | "flake archive")
    add_crates
    lock_inputs "${@:${#words[@]}+1}"
    # It asks the stand-in for a shell, with a lock file that is not the stand-in's, and warns. Errors are shown.
    [[ ${words[*]} != develop ]] || inputs+=(--quiet --quiet --quiet)
    exec nix "${words[@]}" "${inputs[@]}" "${@:${#words[@]}+1}"
    ;;
  *) exec nix "$@" ;;
esac
