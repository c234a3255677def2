# Binaries before and after wasm-opt, for all targets, answer the recorded calls alike, as the default variant does before
# wasm-opt, and as a call says that has an answer beside it.
{
  lib,
  call,
  wasm-gauge,
  calls,
  # a folder with the file `answers` to all of them
  answers,
}:
product:
call ./../judged.nix { } {
  name = "behaviour-${product.variant.name}";
  check = "behaviour";
  of = product.names;
  nativeBuildInputs = [ wasm-gauge ];
  script = ''
    ${call ./../alike.nix { }}
    for file in ${product.answering}; do
      wasm-gauge call $file ${lib.concatMapStringsSep " " (file: "--calls ${file}") calls} > answers
      alike $file
      files=$((''${files:-0} + 1))
    done
    echo "$(wc -l < answers) calls, answered by $files binaries as by ${answers.of}"
  '';
}
