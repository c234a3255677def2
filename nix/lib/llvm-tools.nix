# Shell that puts LLVM's tools of the toolchain on PATH. Those of another version do not read what rustc writes, or read it
# otherwise, and are refused.
''
  PATH=$(rustc --print sysroot)/lib/rustlib/$(rustc -vV | sed -n 's/^host: //p')/bin:$PATH
  llvm=$(rustc -vV | sed -n 's/^LLVM version: //p')
  tools=$(llvm-profdata --version | sed -nE 's/.*LLVM version ([0-9.]+).*/\1/p')
  if [ "$tools" != "$llvm" ]; then
    echo "rustc has LLVM $llvm, and llvm-profdata is of LLVM $tools" >&2
    exit 1
  fi
''
