#!/usr/bin/env bash
# run.sh REPOSITORY ARGS...: run `nix ARGS...` in a Debian root that is made once and kept in the cache.
# Called by nixw. Touches only its cache, the out-links that nix makes and, when it is missing, mmdebstrap.
set -euo pipefail

repository=$1
shift
debian=$repository/nix/debian
cache=${XDG_CACHE_HOME:-$HOME/.cache}/nixw

fail() {
  printf 'nixw: %s\n' "$@" >&2
  exit 4
}

check_machine() {
  local why=
  if [[ $(uname -sm) != "Linux x86_64" ]]; then
    why="this is $(uname -sm); the Debian backend is for Linux x86_64"
  elif ! command -v apt-get >/dev/null; then
    why="there is no apt-get here; the Debian backend is for Debian and its derivatives"
  elif [[ $(id -u) != 0 ]]; then
    why="the Debian backend needs root (it makes a root file system and mounts)"
  fi
  [[ -z $why ]] || fail "no Nix 2.31 or newer was found, and $why." \
    "Install Nix from https://nixos.org/download, or run this as root on Debian."
}

# The root is named for what decides its content, and is there only when it is complete.
make_root() {
  local key
  key=$({ declare -f make_root; cat "$debian"/{packages,list-packages.sh}; } | sha256sum | cut -c1-16)
  root=$cache/root-$key
  mkdir -p "$cache"
  [[ ! -d $root ]] || return 0

  exec 9>"$cache/lock"
  flock 9
  if [[ ! -d $root ]]; then
    echo "nixw: making the Debian root in $cache (once; about two minutes)" >&2
    rm -rf --one-file-system "$cache"/root-*.new
    if ! command -v mmdebstrap >/dev/null; then
      { apt-get update && apt-get install -y --no-install-recommends mmdebstrap; } >&2 ||
        fail "apt-get could not install mmdebstrap"
    fi
    local mirror=()
    [[ -z ${NIXW_DEBIAN_MIRROR:-} ]] || mirror=("$NIXW_DEBIAN_MIRROR")
    # A mirror may serve a Release file past its date; its signature is checked all the same.
    # In a mount namespace of its own, so that nothing stays mounted when it is killed.
    unshare --mount --propagation private mmdebstrap --quiet --variant=minbase --aptopt='Acquire::Check-Valid-Until "false"' \
      --include="$(paste -sd, "$debian/packages")" forky "$root.new" "${mirror[@]}" >&2 </dev/null ||
      fail "mmdebstrap could not make the Debian root (its messages are above)"
    mkdir -p "$root.new"/{inputs,links,nix,cargo,.outside}
    touch "$root.new/etc/resolv.conf"
    printf '[safe]\n\tdirectory = *\n' >"$root.new/etc/gitconfig"
    chroot "$root.new" bash -s <"$debian/list-packages.sh" >"$root.new/packages.json"
    mv "$root.new" "$root"
  fi
  exec 9>&-
}

# Inside the root a result leads into /nix, outside into the cache. So `nix build` makes its links in a folder of this
# run, and afterwards each is made anew where the caller wants it, with a GC root that lasts as long as the link.
take_out_link() {
  local previous='' arg
  out_link=
  arguments=()
  [[ ${1:-} == build ]] || { arguments=("$@"); return; }
  out_link=result
  for arg in "$@"; do
    case $previous in -o | --out-link) out_link=$arg ;; esac
    case $arg in
      -o | --out-link) ;;
      --no-link) out_link= ;;&
      *) [[ $previous == -o || $previous == --out-link ]] || arguments+=("$arg") ;;
    esac
    previous=$arg
  done
  [[ -z $out_link ]] || arguments+=(--out-link "$run/result")
}
give_out_links() {
  local link target made root roots=$cache/nix/var/nix/gcroots/nixw
  mkdir -p "$roots"
  for link in "$run"/result*; do
    [[ -L $link ]] || continue
    target=$(readlink "$link")
    made=$(realpath -s "$out_link${link#"$run/result"}")
    if [[ -e $made && ! -L $made ]]; then
      echo "nixw: $made is there and no link; the result is $cache$target" >&2
      continue
    fi
    root=$roots/$(sha256sum <<<"$made" | cut -c1-32)
    ln -sfn "$target" "$root"
    ln -sfn "$cache$target" "$made"
    ln -sfn "$made" "$root.link"
  done
  rm -rf "$run"
  for link in "$roots"/*.link; do
    [[ -L $link ]] || continue
    root=${link%.link}
    [[ $(readlink -- "$(readlink "$link")") == "$cache$(readlink "$root")" ]] || rm "$root" "$link"
  done
}

check_machine
make_root
mkdir -p "$cache"/{nix/var/nix/userpool2,cargo,mnt}
# Nix kills whatever runs as a build user before and after a build. So all caches of the machine take them from one
# pool, and its locks hold for all.
build_users=/run/nixw/build-users
mkdir -p "$build_users"
run=$(mktemp -d "$cache/run.XXXXXX")
export repository debian cache root run build_users directory=$PWD
trap give_out_links EXIT
take_out_link "$@"
setpriv --pdeathsig KILL unshare --mount --pid --fork --kill-child --propagation private "$debian/enter.sh" "${arguments[@]}"
