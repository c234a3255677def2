#!/usr/bin/env bash
# enter.sh ARGS...: in a mount namespace of its own, make $root the root and run nix.sh there.
# pivot_root and not chroot: Nix's sandbox needs a root that is a mount point.
set -euo pipefail

mount --bind "$root" "$root"
cd "$root"
mount --rbind /dev dev
mount --rbind /sys sys
mount -t proc proc proc
mount --bind "$cache/nix" nix
mount --bind "$cache/cargo" cargo
mount --bind "$links" links
mount --bind /etc/resolv.conf etc/resolv.conf
mount --rbind /etc/ssl etc/ssl

# The flake's inputs: the stand-ins and the list of the packages that they stand on.
mount -t tmpfs tmpfs inputs
cp -a "$debian"/{nixpkgs,crane,rust-overlay} inputs/
cp -a packages.json inputs/nixpkgs/

# Nothing is built with Valgrind, so the root has none: this machine's is there, for `nix run`, if it has Debian's.
if [[ -x /usr/bin/valgrind.bin ]]; then
  mount -t tmpfs tmpfs opt
  cp /usr/bin/valgrind.bin opt/valgrind
  mkdir opt/valgrind.lib
  mount --bind /usr/libexec/valgrind opt/valgrind.lib
fi

mkdir -p ".$repository"
mount --rbind "$repository" ".$repository"
# A build that runs as root could otherwise write to it.
mount --bind usr usr
mount -o remount,bind,ro usr

pivot_root . .outside
umount -l /.outside
cd "$directory" 2>/dev/null || cd "$repository"
pass=()
for name in TERM NO_COLOR CI NIX_CONFIG "${!CARGO_HTTP_@}" "${!CARGO_NET_@}" SSL_CERT_FILE {http,https,all,no}_proxy {HTTP,HTTPS,ALL,NO}_PROXY; do
  [[ -z ${!name:-} ]] || pass+=("$name=${!name}")
done
exec env -i HOME=/root PATH=/usr/sbin:/usr/bin:/opt VALGRIND_LIB=/opt/valgrind.lib NIX_CONF_DIR="$debian" CARGO_HOME=/cargo repository="$repository" "${pass[@]}" \
  "$debian/nix.sh" "$@"
