#!/usr/bin/env bash
# run.sh REPOSITORY ARGS...: run `nix ARGS...` in a Debian root that is made once and kept in the cache.
# Called by nixw. Touches only its cache and the out-links that nix makes.
set -euo pipefail

repository=$1
shift
debian=$repository/nix/debian
cache=${XDG_CACHE_HOME:-${HOME:+$HOME/.cache}}/nixw

fail() {
  printf 'nixw: %s\n' "$@" >&2
  exit 4
}

check_machine() {
  local why=
  if [[ $(uname -sm) != Linux\ @(x86_64|aarch64) ]]; then
    why="this is $(uname -sm); the Debian backend is for Linux on x86_64 and aarch64"
  elif ! command -v apt-get >/dev/null; then
    why="there is no apt-get here; the Debian backend is for Debian and its derivatives"
  fi
  [[ -z $why ]] || fail "no Nix 2.31 or newer was found, and $why." "Install Nix from https://nixos.org/download."

  [[ $cache == /*/nixw ]] || fail "HOME or XDG_CACHE_HOME has to name an absolute path: the cache goes there"
  [[ ${NIXW_SYSTEM:-} == "" || $(uname -m) == x86_64 && $NIXW_SYSTEM == aarch64-linux ]] ||
    fail "NIXW_SYSTEM is '$NIXW_SYSTEM'; it can be aarch64-linux, on x86_64"
  mkdir -p "$cache/mnt"
  [[ -O $cache ]] || fail "$cache belongs to another user: set XDG_CACHE_HOME to another folder"
}

# Namespaces are made with root's rights, or else in a user namespace in which the caller is root, and the only user.
find_way_in() {
  local users why try='mount -t tmpfs tmpfs "$0" && cd "$0" && mkdir proc old && mount -t proc proc proc && pivot_root . old'
  export PATH=$PATH:/usr/sbin:/sbin
  enter=(setpriv --pdeathsig KILL unshare --mount --pid --fork --kill-child --propagation private)
  build_users=
  read -r _ _ users </proc/self/uid_map
  # what runs programs of another system is known in a user namespace alone
  if [[ $EUID == 0 && $users == 4294967295 && -z ${NIXW_SYSTEM:-} ]]; then
    # Nix kills whatever runs as a build user before and after a build. So all caches of the machine take them from one
    # pool, and its locks hold for all.
    build_users=/run/nixw/build-users
    mkdir -p "$build_users"
  else
    enter+=(--user --map-root-user)
    export NIX_CONFIG=$'auto-allocate-uids = false\nrequire-drop-supplementary-groups = false\n'${NIX_CONFIG:-}
  fi
  why=$("${enter[@]}" sh -c "$try" "$cache/mnt" 2>&1) ||
    fail "no Nix 2.31 or newer was found, and the Debian backend may not make namespaces and mounts here ($why)." \
      "In a container, be root, and start it with" \
      "  --cap-add SYS_ADMIN --security-opt seccomp=unconfined --security-opt apparmor=unconfined" \
      "or with --privileged. Elsewhere, be root, or allow user namespaces (on Ubuntu: sysctl kernel.apparmor_restrict_unprivileged_userns=0)." \
      "Or install Nix from https://nixos.org/download."
}

# make_root [ARCHITECTURE]: the root is named for what decides its content, and is there only when it is complete.
make_root() {
  local key
  key=$(cat "$debian"/{packages,make-root.sh,list-packages.sh} | sha256sum | cut -c1-16)${1:+-$1}
  root=$cache/root-$key
  [[ ! -d $root ]] || return 0

  exec 9>"$cache/lock"
  flock 9
  if [[ ! -d $root ]]; then
    echo "nixw: making the Debian root in $cache (once; two or three minutes)" >&2
    rm -rf --one-file-system "$cache"/root-*.new*
    if ! "$debian/make-root.sh" "$root.new" "$@" >&2; then
      rm -rf --one-file-system "$root.new"*
      fail "could not make the Debian root (see above)"
    fi
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
find_way_in
make_root
native=
if [[ -n ${NIXW_SYSTEM:-} ]]; then
  native=$root
  make_root arm64
  export NIX_CONFIG=$'system = aarch64-linux\n'${NIX_CONFIG:-}
fi
mkdir -p "$cache"/{nix/var/nix/userpool2,cargo}
run=$(mktemp -d "$cache/run.XXXXXX")
export repository debian cache root native run build_users directory=$PWD
trap give_out_links EXIT
take_out_link "$@"
"${enter[@]}" "$debian/enter.sh" "${arguments[@]}"
