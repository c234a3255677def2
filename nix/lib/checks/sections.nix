# The custom sections that the policy keeps are in all that ships, byte for byte as rustc and wasm-ld made them, and a component
# has no other. That one would be missed is shown first.
{
  lib,
  pkgs,
  binary,
  guest,
  policy,
  wasm-gauge,
}:
product:
let
  inherit (product) variant;
  built = target: "${guest.core { inherit variant target; }}/${binary}.wasm";
in
pkgs.runCommand "sections-${variant.name}"
  {
    nativeBuildInputs = [
      pkgs.wasm-tools
      wasm-gauge
    ];
  }
  ''
    # kept BUILT FILE
    kept() { wasm-gauge kept --policy ${policy.judged} --built $1 $2; }
    # arrived BUILT FOLDER
    arrived() {
      local status=0 file
      wasm-tools strip --all $2/${binary}.opt.wasm -o stripped.wasm
      kept $1 stripped.wasm > missed || status=$?
      [ $status = 1 ] || { cat missed; echo "without its sections $2 holds (exit status $status)" >&2; exit 1; }
      for file in ${binary}.wasm ${binary}.opt.wasm ${binary}.opt.names.wasm; do
        kept $1 $2/$file | tee -a $out
      done
    }
    arrived ${built variant.target} ${product.artifact}
    ${lib.optionalString (product.p1 != null) "arrived ${built "wasm32-wasip1"} ${product.p1}"}
    ${lib.optionalString variant.component ''
      wasm-tools objdump ${product.artifact}/${binary}.opt.wasm | sed -n 's/^ *custom "\(.*\)" .*/\1/p' | sort -u > there
      printf '%s\n' ${lib.escapeShellArgs policy.keep} | sort -u | diff - there
    ''}
  ''
