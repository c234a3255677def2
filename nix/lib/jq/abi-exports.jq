# The WIT of a core module (wasm-tools component wit --json) and its exports ($exports, one name a line) ->
# wasm-metadce's graph, whose roots are the exports of the canonical ABI.
include "world";

[names("exports")] as $world
| def of_the_world: . as $export | any($world[]; . == $export or . == ($export / "#" | first));
  def of_the_abi:
    IN("memory", "_initialize", "_start", "cabi_realloc", "cabi_import_realloc", "cabi_export_realloc")
    or (sub("^cabi_post_"; "") | of_the_world);
  [ $exports | split("\n")[] | select(. != "" and of_the_abi) ]
| [ { name: "host", root: true, reaches: . } ] + map({ name: ., export: . })
