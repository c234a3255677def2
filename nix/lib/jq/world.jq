# What `wasm-tools component wit --json` says of a world -> the names of what it exports or imports ($side): of a function its
# own, of an interface namespace:package/interface@version.
def qualified($wit):
  ($wit.packages[.package].name / "@") as [$package, $version]
  | "\($package)/\(.name)" + if $version then "@\($version)" else "" end;
def names($side):
  . as $wit
  | .worlds[][$side] | to_entries[]
  | if .value.interface then $wit.interfaces[.value.interface.id] | qualified($wit) else .key end;
