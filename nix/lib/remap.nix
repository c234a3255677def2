# Shell that sets `remap`: the flags of rustc by which no path of the toolchain or the build gets into panic messages. What
# std's sources are called is what they are called where the toolchain comes without them.
''
  remap="--remap-path-prefix=$(rustc --print sysroot)/lib/rustlib/src/rust=/rustc/$(rustc -vV | sed -n 's/^commit-hash: //p')"
  while read -r vendored; do
    remap+=" --remap-path-prefix=$vendored=/vendor"
  done < <(sed -n 's/^directory = "\(.*\)"$/\1/p' $CARGO_HOME/config.toml)
''
