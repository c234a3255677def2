#!/usr/bin/env bash
# make-root.sh ROOT [ARCHITECTURE]: unpack Debian's packages into the new folder ROOT. It needs no privilege and changes nothing
# else: no package's script is run, and what is used of what they would make is made at the end. With another ARCHITECTURE
# than the machine's, the program that runs it comes along, in ROOT/emulator.
set -euo pipefail
shopt -s nullglob
umask 022
export LC_ALL=C PATH=$PATH:/usr/sbin:/sbin

root=$1
machine=$(dpkg --print-architecture)
architecture=${2:-$machine}
tools=$root.tools
debian=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")

# mmdebstrap and the keys of Debian's archive: the machine's, or else unpacked, and not installed.
mmdebstrap=(mmdebstrap --mode=chrootless)
[[ $EUID != 0 ]] || mmdebstrap=(mmdebstrap --mode=root --skip=chroot/mount)
keys=(/usr/share/keyrings/debian-archive-keyring.*)
if ! command -v mmdebstrap >/dev/null || [[ -z ${keys[*]} ]]; then
  mkdir -p "$tools"/{lists,archives}/partial
  apt=(apt-get -qq -o "Dir::State::Lists=$tools/lists" -o "Dir::Cache=$tools" -o Debug::NoLocking=true -o APT::Sandbox::User=root)
  "${apt[@]}" update
  "${apt[@]}" install --download-only --no-install-recommends mmdebstrap debian-archive-keyring
  for package in "$tools"/archives/*.deb; do dpkg-deb --extract "$package" "$tools"; done
  keys+=("$tools"/usr/share/keyrings/debian-archive-keyring.*)
  PATH=$PATH:$tools/usr/bin
  PERL5LIB=$(printf %s: "$tools"/usr/{share,lib/*}/perl/*.*)
  export PERL5LIB
fi

mirror=()
[[ -z ${NIXW_DEBIAN_MIRROR:-} ]] || mirror=("$NIXW_DEBIAN_MIRROR")
# unpack ARCHITECTURE FOLDER OPTIONS...: a mirror may serve a Release file past its date; its signature is checked all the same.
unpack() {
  "${mmdebstrap[@]}" --variant=extract --format=directory --skip=cleanup/apt,check/qemu --keyring="${keys[0]}" --architectures="$1" \
    --aptopt='Acquire::Check-Valid-Until "false"' --aptopt='APT::Sandbox::User "root"' "${@:3}" forky "$2" "${mirror[@]}" </dev/null
}
unpack "$architecture" "$root" --include='?essential' --include='?priority(required)' --include="$(paste -sd, "$debian/packages")"
if [[ $architecture != "$machine" ]]; then
  unpack "$machine" "$root/emulator" --include=qemu-user
  # where the machine's own nix finds its libraries
  mkdir -p "$root"/usr/{lib64,lib/x86_64-linux-gnu}
  ln -s usr/lib64 "$root/lib64"
fi
rm -rf "$tools"

"$debian/list-packages.sh" "$root"/var/cache/apt/archives/*.deb >"$root/packages.json"
rm -rf "$root"/var/{cache,lib}/apt
find "$root" -xdev -perm /6000 -exec chmod a-s {} +
for link in awk=mawk cc=gcc pager=more which=which.debianutils; do
  ln -s "${link#*=}" "$root/usr/bin/${link%%=*}"
done
cp "$root/usr/share/base-passwd/passwd.master" "$root/etc/passwd"
cp "$root/usr/share/base-passwd/group.master" "$root/etc/group"
cat "$root"/usr/share/ca-certificates/mozilla/*.crt >"$root/etc/ssl/certs/ca-certificates.crt"
printf '[safe]\n\tdirectory = *\n' >"$root/etc/gitconfig"
ldconfig -r "$root"
