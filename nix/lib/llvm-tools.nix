# Shell that puts LLVM's tools of the toolchain on PATH. Those of another version do not read what rustc writes, or read it
# otherwise, and are refused.
''
  PATH=$(rustc --print sysroot)/lib/rustlib/$(rustc -vV | sed -n 's/^host: //p')/bin:$PATH
  llvm=$(rustc -vV | sed -n 's/^LLVM version: //p')
  llvm-profdata --version | grep -q "LLVM version $llvm\>" || {
    echo "rustc has LLVM $llvm, and llvm-profdata is of another: $(llvm-profdata --version | sed -n 's/.*LLVM version /LLVM /p')" >&2
    exit 1
  }
''
