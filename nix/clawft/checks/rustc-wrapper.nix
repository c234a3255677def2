# The wrapper gives one module whatever the host is called, for two versions of one crate with a macro and build scripts
# below them; without it the host's name shows. Two crates that it could not tell apart are refused. Unstable flags
# are allowed where there are some, and only there.
{
  pkgs,
  call,
  toolchain,
  workspace,
  rustcWrapper,
}:
let
  hosts = [
    "aarch64-apple-darwin"
    "aarch64-unknown-linux-gnu"
    "i686-unknown-linux-gnu"
    "x86_64-unknown-linux-gnu"
  ];
in
pkgs.runCommandCC "rustc-wrapper"
  {
    nativeBuildInputs = [
      toolchain
      pkgs.lld
    ];
    source = workspace.alone ./rustc-wrapper;
    CARGO_TARGET_WASM32_WASIP2_LINKER = "wasm-ld";
  }
  ''
    cp -r --no-preserve=mode $source source
    cd source
    export CARGO_HOME=$PWD/home
    # module HOST
    module() {
      rm -rf target
      RUSTC=${call ../../lib/rustc-of-host.nix { } "$OTHER_HOST"} OTHER_HOST=$1 cargo build --quiet --locked --offline --release --package guest --target wasm32-wasip2
      sha256sum < target/wasm32-wasip2/release/guest.wasm
    }
    for host in ${toString hosts}; do
      module $host >> without
      RUSTC_WRAPPER=${rustcWrapper} module $host >> with
    done
    [ $(sort -u without | wc -l) = ${toString (builtins.length hosts)} ] ||
      { cat without; echo "the name of the host does not show without the wrapper: nothing is tested" >&2; exit 1; }
    [ $(sort -u with | wc -l) = 1 ] || { cat with; echo "the name of the host shows" >&2; exit 1; }

    # crate SUFFIX: as cargo would have it built
    crate() {
      CARGO_PKG_NAME=twin CARGO_PKG_VERSION=1.0.0 ${rustcWrapper} true --crate-name twin --crate-type lib --target wasm32-wasip2 \
        --out-dir . -C metadata=$1 -C extra-filename=-$1
    }
    crate a
    crate a
    CRANE_BUILD_DEPS_ONLY=1 crate empty
    ! crate b 2> refused || { echo "two crates of one name, version and kind are not refused" >&2; exit 1; }
    grep -q "twin 1.0.0 is built twice" refused

    # bootstrap ARGUMENT: what rustc is told of unstable flags, where cargo forbids them
    bootstrap() { RUSTC_BOOTSTRAP=-1 ${rustcWrapper} sh -c 'echo $RUSTC_BOOTSTRAP' "$@"; }
    [ "$(bootstrap rustc --edition=2024) $(bootstrap rustc -Zunstable-options)" = "-1 1" ]

    echo "one module on hosts of ${toString (builtins.length hosts)} names, which differ without the wrapper; a second crate of one identity is refused; unstable flags are allowed where there are some" | tee $out
  ''
