# Lists the root's packages as JSON: version and programs of each, and a fingerprint of them all.
set -euo pipefail
export LC_ALL=C
packages=$(dpkg-query -W -f '${db:Status-Abbrev} ${Package} ${Version} ${Architecture}\n' | sed -n 's/^ii  *//p' | sort)
fingerprint=$(sha256sum <<<"$packages" | cut -c1-64)
while read -r package version _; do
  dpkg-query -L "$package" | sed -nE 's,^(/usr)?/s?bin/([^/]+)$,\2,p' |
    jq -Rcn --arg package "$package" --arg version "$version" '{($package): {version: $version, bins: [inputs]}}'
done <<<"$packages" | jq -n --arg fingerprint "$fingerprint" '{fingerprint: $fingerprint, packages: ([inputs] | add)}'
