# Tools that nobody here wrote find the binaries valid, and they hold what the world names and nothing else.
{
  lib,
  pkgs,
  library,
  workspace,
  policy,
  toolchain,
}:
product:
pkgs.runCommand "valid-${product.variant.name}"
  {
    nativeBuildInputs = [
      toolchain
      pkgs.jq
      pkgs.wabt
      pkgs.wasm-tools
    ];
    # this world alone: others, as to measure with, are in no binary that ships
    wit = workspace.alone (workspace.root + "/crates/${policy.package}/wit/agent.wit");
  }
  ''
    fail() { echo "$1" >&2; exit 1; }
    functions() { wasm-tools component wit --json $1 | jq -r '.worlds[].exports | keys[]' | sort; }
    functions $wit > world
    [ -s world ] || fail "the world in $wit exports nothing"

    for component in ${product.component}/*.wasm; do
      wasm-tools validate $component
      functions $component | diff world - || fail "$component: its exports are not the world's"
      ${lib.optionalString (product.variant.target == "wasm32-unknown-unknown") ''
        wasm-tools component wit --json $component | jq -e '.worlds | length == 1 and all(.[]; .imports == { })' > /dev/null ||
          fail "$component: imports something, and there is nothing without WASI"
      ''}
    done

    { cat world; sed 's/^/cabi_post_/' world; printf '%s\n' memory cabi_realloc cabi_import_realloc _initialize; } | sort > allowed
    for module in ${lib.concatMapStringsSep " " (core: "${core}/*.wasm") product.cores}; do
      wasm-validate $module
      wasm-objdump -x -j Export $module | sed -n 's/.* -> "\(.*\)"$/\1/p' | sort > exports
      comm -23 world exports | grep . && fail "$module: does not export the above"
      case $module in
        *.opt*) comm -13 allowed exports | grep . && fail "$module: exports the above, which the world does not name" ;;
      esac
    done

    # A path of the toolchain, of its sources or of a build, on Linux or macOS. wasi-libc's asserts name its own sources,
    # wherever they were built: /build/source_wasip2/...
    sysroot=$(rustc --print sysroot)
    paths() { grep -aoE "($sysroot|/nix/store|/nix/var|/build/(source|elsewhere|\.cargo-home)|/private/tmp|/tmp/nix-build)[/-][ -~]{0,80}" $1; }
    for planted in $sysroot/lib/rustlib/src/rust/library/std/src/panicking.rs /nix/store/vendor/itoa-1.0.0/src/lib.rs \
      /build/source/src/lib.rs /private/tmp/nix-build-guest.drv-0/source/src/lib.rs /nix/var/nix/builds/nix-1-2/source/src/lib.rs; do
      { cat ${product.component}/${library}.opt.wasm; echo "in $planted:1"; } > planted
      paths planted > found || fail "a path is not found where it is planted: $planted"
    done

    for file in ${lib.concatMapStringsSep " " (files: "${files}/*.wasm") ([ product.component ] ++ product.cores)}; do
      wasm-tools objdump $file > sections
      grep 'custom "\.debug' sections && fail "$file: has debug sections"
      paths $file && fail "$file: has a path of the toolchain or the build in it"
      echo "$(stat -c %s $file) bytes, valid: $file" | tee -a $out
    done
  ''
