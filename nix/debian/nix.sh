#!/usr/bin/env bash
# nix.sh ARGS...: inside the root, put the locked crates into the store and run nix on the stand-ins.
set -euo pipefail

# cargo downloads and Nix verifies: `--add-fixed` gives each .crate the store path that the checksum in
# Cargo.lock stands for, so builds need no network. The toolchain's std has crates and a lock of its own.
add_crates() {
  local std=/usr/lib/rustlib/src/rust/library stamp workspace locks workspaces
  workspaces=("$repository" "$repository/templates/component" "$std")
  [[ $served -ef $repository || ! -f $served/Cargo.lock ]] || workspaces+=("$served")
  locks=("${workspaces[@]/%//Cargo.lock}")
  stamp=$CARGO_HOME/in-store-$(cat "${locks[@]}" | sha256sum | cut -c1-16)
  if [[ -f $stamp ]] && xargs -r stat -t <"$stamp" &>/dev/null; then return; fi

  for workspace in "${workspaces[@]}"; do
    # what nix/lib/provided.nix provides has no source in a lock
    provided=()
    if [[ $workspace != "$repository" ]] && grep -q '^name = "guest-alloc"$' "$workspace/Cargo.lock"; then
      provided=(--config "patch.crates-io.guest-alloc.path=\"$repository/crates/guest-alloc\"")
    fi
    # std's manifests use features that only an unstable cargo has
    if ! RUSTC_BOOTSTRAP=1 cargo fetch --quiet --locked "${provided[@]}" --manifest-path "$workspace/Cargo.toml"; then
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

# The flake that the arguments name, if it is one, as they name it.
named_flake() {
  local arg previous=''
  flake=
  for arg in "$@"; do
    [[ $arg != -- ]] || break
    # An expression, which holds such characters too.
    if [[ $previous == --apply ]]; then previous=; continue; fi
    previous=$arg
    [[ $arg == *[#:]* || -e $arg/flake.nix ]] || continue
    # There is one lock file: it cannot serve two flakes.
    [[ -z $flake || $flake == "${arg%%#*}" ]] || { flake=; return 1; }
    flake=${arg%%#*}
  done
}

# The folder of the flake that is served: the one that is named, or where this was called.
find_served() {
  served=${flake#path:}
  served=${served#git+file://}
  served=${served%%\?*}
  served=$(realpath -- "${served:-.}" 2>/dev/null) || served=$repository
  while [[ $served != / && ! -e $served/flake.nix ]]; do served=$(dirname "$served"); done
  [[ $served != / ]] || served=$repository
}

# This repository's inputs are the stand-ins. Another flake has this repository as its input `clawft`, and may have some of
# those itself.
override_inputs() {
  local input
  inputs=()
  for input in nixpkgs crane rust-overlay; do
    if [[ $served -ef $repository ]]; then
      inputs+=(--override-input "$input" "path:/etc/nixw/$input")
    else
      inputs+=(--override-input "clawft/$input" "path:/etc/nixw/$input")
      ! grep -qwe "$input" "$served/flake.nix" || inputs+=(--override-input "$input" "path:/etc/nixw/$input")
    fi
  done
  [[ $served -ef $repository ]] || inputs+=(--override-input clawft "$([[ -e $repository/.git ]] && echo git+file || echo path)://$repository")
}

# Without a lock file in which the inputs are overridden already, nix tells of it in every call.
lock_inputs() {
  # What is wrong with the flake is for the command itself to tell.
  if /usr/bin/nix flake lock "${inputs[@]}" --output-lock-file "$run/flake.lock" "${flake:-.}" &>/dev/null; then
    inputs+=(--reference-lock-file "$run/flake.lock")
  fi
}

case "${words[*]}" in
  build | run | develop | eval | shell | print-dev-env | "flake check" | "flake show" | "flake metadata" | "flake archive")
    named_flake "${@:${#words[@]}+1}" && one=1 || one=
    find_served
    add_crates
    override_inputs
    [[ -z $one ]] || lock_inputs
    # It asks the stand-in for a shell, with a lock file that is not the stand-in's, and warns. Errors are shown.
    [[ ${words[*]} != develop ]] || inputs+=(--quiet --quiet --quiet)
    # What an app calls by that name comes here again.
    [[ ${words[*]} != run ]] || export PATH=$repository/nix/debian/bin:$PATH
    exec /usr/bin/nix "${words[@]}" "${inputs[@]}" "${@:${#words[@]}+1}"
    ;;
  *) exec /usr/bin/nix "$@" ;;
esac
