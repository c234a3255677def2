# Tools that nobody here wrote find the binaries valid, and they hold what the world names and nothing else.
{
  lib,
  pkgs,
  binary,
  workspace,
  policy,
  toolchain,
}:
product:
let
  inherit (product) variant;
  world =
    if policy.world == null then
      "${product.core}/${binary}.wasm"
    else
      workspace.alone (workspace.at policy.world);
in
pkgs.runCommand "valid-${variant.name}"
  {
    nativeBuildInputs = [
      toolchain
      pkgs.jq
      pkgs.wabt
      pkgs.wasm-tools
    ];
  }
  ''
    fail() { echo "$1" >&2; exit 1; }
    exports() { wasm-objdump -x -j Export $1 | sed -n 's/.* -> "\(.*\)"$/\1/p' | sort; }
    ${
      if variant.component then
        ''
          # of_world names|callable SIDE FILE: what a component or WIT exports or imports, and what of it has functions
          of_world() { wasm-tools component wit --json $3 | jq -L ${./../jq} -r "include \"world\"; $1(\"$2\")" | sort -u; }
          names() { of_world names "$@"; }
          names exports ${world} > world
          names imports ${world} > imports
          of_world callable exports ${world} > called

          for component in ${product.artifact}/*.wasm; do
            wasm-tools validate $component
            names exports $component | diff world - || fail "$component: its exports are not the world's"
            ${lib.optionalString (variant.target == "wasm32-unknown-unknown") ''
              names imports $component | comm -13 imports - | grep . &&
                fail "$component: imports the above, which the world does not name, and there is nothing without WASI"
            ''}
          done

          # stray MODULE: its exports that neither the world nor the canonical ABI names; lacking MODULE: the other way round
          stray() {
            exports $1 | awk '
              NR == FNR { world[$0]; next }
              /^(memory|_initialize|_start|cabi_realloc|cabi_import_realloc|cabi_export_realloc)$/ { next }
              { name = $0; sub(/^cabi_post_/, "", name); interface = name; sub(/#.*/, "", interface) }
              !(name in world) && !(interface in world)' world -
          }
          lacking() { exports $1 | sed 's/#.*//' | sort -u | comm -23 called -; }
          for module in ${lib.concatMapStringsSep " " (core: "${core}/*.wasm") product.cores}; do
            wasm-validate $module
            lacking $module | grep . && fail "$module: does not export the above"
            case $module in
              *.opt*) stray $module | grep . && fail "$module: exports the above, which the world does not name" ;;
            esac
          done
        ''
      else
        ''
          for modules in ${toString product.shipped}; do
            exports $modules/${binary}.wasm > exports
            for module in $modules/*.wasm; do
              wasm-validate $module
              exports $module | diff exports - || fail "$module: its exports are not those of the module before wasm-opt"
            done
          done
        ''
    }

    # A path of the toolchain, of its sources or of a build, on Linux or macOS. wasi-libc's asserts name its own sources,
    # wherever they were built: /build/source_wasip2/...
    sysroot=$(rustc --print sysroot)
    paths() { grep -aoE "($sysroot|/nix/store|/nix/var|/build/(source|elsewhere|\.cargo-home)|/private/tmp|/tmp/nix-build)[/-][ -~]{0,80}" $1; }
    for planted in $sysroot/lib/rustlib/src/rust/library/std/src/panicking.rs /nix/store/vendor/itoa-1.0.0/src/lib.rs \
      /build/source/src/lib.rs /private/tmp/nix-build-guest.drv-0/source/src/lib.rs /nix/var/nix/builds/nix-1-2/source/src/lib.rs; do
      { cat ${product.artifact}/${binary}.opt.wasm; echo "in $planted:1"; } > planted
      paths planted > found || fail "a path is not found where it is planted: $planted"
    done

    for file in ${
      lib.concatMapStringsSep " " (files: "${files}/*.wasm") (lib.unique ([ product.artifact ] ++ product.cores))
    }; do
      wasm-tools objdump $file > sections
      grep 'custom "\.debug' sections && fail "$file: has debug sections"
      paths $file && fail "$file: has a path of the toolchain or the build in it"
      echo "$(stat -c %s $file) bytes, valid: $file" | tee -a $out
    done
  ''
