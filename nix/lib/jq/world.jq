# What `wasm-tools component wit --json` says of a world -> the names of what it exports or imports ($side): of a function its
# own, of an interface namespace:package/interface@version.
def qualified($wit):
  ($wit.packages[.package].name / "@") as [$package, $version]
  | "\($package)/\(.name)" + if $version then "@\($version)" else "" end;
def interface($wit): .value.interface | select(.) | $wit.interfaces[.id];
def named($side; wanted):
  . as $wit
  | .worlds[][$side] | to_entries[]
  | select([interface($wit)] | all(wanted))
  | if .value.interface then interface($wit) | qualified($wit) else .key end;
def names($side): named($side; true);
# The same without interfaces of types alone: nothing of them is in a core module.
def callable($side): named($side; .functions != {});
