#!/usr/bin/env bash
# enter.sh ARGS...: in namespaces of its own, put a root together and run nix.sh in it. /usr and /etc are the Debian
# root's, /nix is the cache's, and all else is the caller's own file system, where it is outside.
# pivot_root and not chroot: Nix's sandbox needs a root that is a mount point.
set -euo pipefail
shopt -s nullglob dotglob

# Build users read what is made here.
mask=$(umask)
umask 022
mount -t tmpfs -o mode=755 tmpfs "$cache/mnt"
# So that it is no part of what is bound into it.
mount --make-unbindable "$cache/mnt"
cd "$cache/mnt"

mkdir usr nix proc outside
mount --bind "$root/usr" usr
mount --bind "$cache/nix" nix
mount -t proc proc proc
if [[ -n $native ]]; then
  # The root is another machine's: qemu runs its programs, for as long as this is mounted, but Nix is this machine's.
  binfmt=proc/sys/fs/binfmt_misc
  mount -t binfmt_misc binfmt_misc $binfmt
  printf '%s' ':aarch64:M::\x7fELF\x02\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\xb7\x00' \
    ':\xff\xff\xff\xff\xff\xff\xff\x00\xff\xff\xff\xff\xff\xff\xff\xff\xfe\xff\xff\xff' \
    ":$root/emulator/usr/bin/qemu-aarch64:POCF" >$binfmt/register
  for shared in lib64 lib/x86_64-linux-gnu bin/nix bin/git; do
    mount --bind "$native/usr/$shared" "usr/$shared"
  done
fi
[[ -z $build_users ]] || mount --bind "$build_users" nix/var/nix/userpool2

# A copy, so that nothing in here can change the root's. Whose the files are is not kept: an owner may be nobody in here.
cp -r "$root/etc" .
for entry in hosts resolv.conf; do
  [[ ! -e /etc/$entry ]] || { touch "etc/$entry"; mount --bind "/etc/$entry" "etc/$entry"; }
done
[[ ! -e /etc/ssl/certs/ca-certificates.crt ]] || mount --rbind /etc/ssl etc/ssl
cp "$root/packages.json" etc/debian-packages

# The flake's inputs: the stand-ins and the list of the packages that they stand on.
mkdir etc/nixw
cp -r "$debian"/{nixpkgs,crane,rust-overlay} etc/nixw/
cp "$root/packages.json" etc/nixw/nixpkgs/
find etc/nixw -exec touch --date=@1 {} +

# Nothing is built with Valgrind, so the root has none: this machine's is there, for `nix run`, if it has Debian's.
if [[ -x /usr/bin/valgrind.bin ]]; then
  mkdir -p etc/nixw/valgrind/{bin,lib}
  cp /usr/bin/valgrind.bin etc/nixw/valgrind/bin/valgrind
  mount --bind /usr/libexec/valgrind etc/nixw/valgrind/lib
fi

find "$root" -maxdepth 1 -type l -exec cp -P {} . \;
for entry in /*; do
  name=${entry#/}
  if [[ -e $name || -L $name ]]; then
    continue
  elif [[ -L $entry ]]; then
    cp -P "$entry" .
  elif [[ -d $entry ]]; then
    mkdir "$name"
    mount --rbind "$entry" "$name"
  else
    touch "$name"
    mount --bind "$entry" "$name"
  fi
done
# A repository in /usr or the like.
if [[ ! .$repository -ef $repository ]]; then
  mkdir -p ".$repository"
  mount --rbind "$repository" ".$repository"
fi
# Builds see this, and could otherwise write to it as root.
mount -o remount,bind,ro usr

pivot_root . outside
umount -l /outside
rmdir /outside
mount --make-private -o remount,ro /
umask "$mask"
cd "$directory" 2>/dev/null || cd "$repository"
pass=()
for name in TERM NO_COLOR CI NIX_CONFIG "${!CARGO_HTTP_@}" "${!CARGO_NET_@}" SSL_CERT_FILE {http,https,all,no}_proxy {HTTP,HTTPS,ALL,NO}_PROXY; do
  [[ -z ${!name:-} ]] || pass+=("$name=${!name}")
done
# Not by exec: the first process of a PID namespace is deaf to Ctrl-C unless it asks for it.
env -i HOME="${HOME:-/root}" PATH=/usr/sbin:/usr/bin:/etc/nixw/valgrind/bin VALGRIND_LIB=/etc/nixw/valgrind/lib \
  NIX_CONF_DIR="$debian" NIX_{CACHE,CONFIG,DATA,STATE}_HOME="$cache/user" CARGO_HOME="$cache/cargo" \
  repository="$repository" run="$run" "${pass[@]}" "$debian/nix.sh" "$@"
