# How a variant's files that ship came to be, as wasm-gauge reports it: component.json, and wasip1.json where there is such a
# module. Stages whose results are not kept are run again here, and what they make has to be what ships.
{
  lib,
  pkgs,
  binary,
  guest,
  optimize,
  policy,
  toolchain,
  workspace,
}:
product:
let
  inherit (product) variant;
  chain =
    {
      file,
      target,
      component,
      modules,
      shipped,
    }:
    let
      core = guest.core { inherit variant target; };
    in
    ''
      ${optimize.prune { inherit core; inherit (variant) component; }}
      : > stages
      previous=$source
      stage rustc "$rustc" ${core}/${binary}.wasm < ${core}/rustc-arguments
      ${lib.optionalString variant.component ''
        stage wasm-metadce "$(version wasm-opt)" pruned.wasm <<< -g
      ''}
      stage wasm-opt "$(version wasm-opt)" ${modules}/${binary}.opt.names.wasm \
        < <(printf '%s\n' ${lib.escapeShellArgs optimize.wasmOptFlags})
      stage wasm-tools "$(version wasm-tools)" ${modules}/${binary}.opt.wasm < <(printf '%s\n' strip --delete '^name$')
      ${lib.optionalString component ''
        wasm-tools component new ${modules}/${binary}.opt.wasm -o encoded.wasm
        stage wasm-tools "$(version wasm-tools)" encoded.wasm < <(printf '%s\n' component new)
        wasm-tools strip ${lib.escapeShellArgs optimize.stripFlags} encoded.wasm -o stripped.wasm
        cmp stripped.wasm ${shipped}/${binary}.opt.wasm
        stage wasm-tools "$(version wasm-tools)" stripped.wasm \
          < <(printf '%s\n' strip ${lib.escapeShellArgs optimize.stripFlags})
      ''}
      jq -s '[{
        file: "${binary}.opt.wasm", source_sha256: $source, lock_sha256: $lock, stages: ., checks: {}
      }]' --arg source "$source" --arg lock "$lock" stages > $out/${file}
    '';
in
pkgs.runCommand "provenance-${variant.name}"
  {
    nativeBuildInputs = [
      toolchain
      pkgs.binaryen
      pkgs.jq
      pkgs.wabt
      pkgs.wasm-tools
    ];
  }
  ''
    hash() { sha256sum "$@" | cut -c 1-64; }
    ${import ./versions.nix}
    # stage TOOL VERSION FILE: what made FILE of what the stage before made; its flags are read, one a line
    stage() {
      local made
      made=$(hash "$3")
      jq -R . | jq -s --arg tool "$1" --arg version "$2" --arg input "$previous" --arg output "$made" \
        '{ tool: $tool, version: $version, flags: ., input_sha256: $input, output_sha256: $output }' >> stages
      previous=$made
    }
    source=$(cd ${workspace.sourceOf policy.folder} && find . -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum | hash)
    lock=$(hash ${workspace.at "Cargo.lock"})
    mkdir $out
    ${chain {
      file = "component.json";
      inherit (variant) target component;
      modules = product.core;
      shipped = product.artifact;
    }}
    ${lib.optionalString (product.p1 != null) (chain {
      file = "wasip1.json";
      target = "wasm32-wasip1";
      component = false;
      modules = product.p1;
      shipped = product.p1;
    })}
  ''
