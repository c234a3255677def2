# Shell that puts LLVM's tools of the toolchain on PATH: those of another version do not read what rustc writes.
''
  PATH=$(rustc --print sysroot)/lib/rustlib/$(rustc -vV | sed -n 's/^host: //p')/bin:$PATH
''
