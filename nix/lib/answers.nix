# What the default variant answers before wasm-opt: what all others have to answer.
{
  lib,
  pkgs,
  binary,
  policy,
  products,
  wasm-gauge,
  calls,
}:
pkgs.runCommand "answers"
  {
    nativeBuildInputs = [ wasm-gauge ];
    passthru.of = "${policy.default} before wasm-opt";
  }
  ''
    mkdir $out
    wasm-gauge call ${products.default.artifact}/${binary}.wasm ${
      lib.concatMapStringsSep " " (file: "--calls ${file}") calls
    } > $out/answers
  ''
