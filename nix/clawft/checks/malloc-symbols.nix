# wasi-libc's malloc cannot slip in beside ours: every symbol that its object in libc.a defines is the guest's own,
# so that a reference to any of them pulls nothing in.
{
  lib,
  pkgs,
  policy,
  guest,
  llvmTools,
}:
let
  variant = policy.variants.${policy.default};
  check =
    target:
    guest.core {
      inherit variant target;
      overrides = {
        pnameSuffix = "-malloc-symbols-${target}";
        nativeBuildInputs = [
          pkgs.lld
          pkgs.wabt
          pkgs.wasm-tools
        ];
        buildPhaseCargoCommand = ''
          ${llvmTools}
          libc=$(rustc --print sysroot)/lib/rustlib/${target}/lib/self-contained/libc.a
          llvm-nm --defined-only --extern-only --print-file-name --quiet $libc > defined
          object=$(sed -nE 's/.*:([^:]+): [0-9a-f]+ T malloc$/\1/p' defined)
          sed -nE "s/.*:$object: [0-9a-f]+ [A-Z] //p" defined | sort > symbols
          [ -s symbols ] || { echo "$libc has no object that defines malloc" >&2; exit 1; }

          echo "linking with a reference to each of $(paste -sd ' ' symbols): a duplicate symbol means that one of them is not ours"
          cargo rustc --locked --profile ${variant.profile} --package ${policy.package} --target ${target} \
            --features '${toString variant.features}' -- $(sed 's/^/-C link-arg=--undefined=/' symbols)
        '';
        installPhaseCommand = ''
          module=target/${target}/${variant.profile}/${policy.binary}.wasm
          wasm-objdump -x -j Export $module | sed -n 's/.* -> "\(.*\)"$/\1/p' | sort > exports
          if comm -23 symbols exports | grep .; then
            echo "the above are defined by $object in libc.a, and not by ${policy.package}" >&2
            exit 1
          fi
          wasm-tools print $module > text
          [ "$(grep -c memory.grow text)" = 1 ] || { echo "$object of libc.a is linked beside the allocator" >&2; exit 1; }
          echo "$(wc -l < symbols) symbols of $object in libc.a, all ours: $(paste -sd ' ' symbols)" | tee $out
        '';
      };
    };
in
pkgs.runCommand "malloc-symbols" { } ''
  cat ${lib.concatMapStringsSep " " check variant.targets} | tee $out
''
