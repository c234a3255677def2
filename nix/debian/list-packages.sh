#!/usr/bin/env bash
# list-packages.sh DEB...: what Debian's packages are, as JSON: version and programs of each, and a fingerprint of them all.
set -euo pipefail
export LC_ALL=C

packages='' entries=()
for deb in "$@"; do
  read -r package version architecture < <(dpkg-deb --show --showformat='${Package} ${Version} ${Architecture}\n' "$deb")
  packages+="$package $version $architecture"$'\n'
  bins=$(dpkg-deb --fsys-tarfile "$deb" | tar --list | sed -nE 's,^\./(usr/)?s?bin/([^/]+)$,"\2",p' | paste -sd,)
  entries+=("\"$package\":{\"version\":\"$version\",\"bins\":[$bins]}")
done
fingerprint=$(printf %s "$packages" | sort | sha256sum | cut -c1-64)
(IFS=,; printf '{"fingerprint":"%s","packages":{%s}}\n' "$fingerprint" "${entries[*]}")
