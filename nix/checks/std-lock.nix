# The lock that std's crates are vendored by is the one of the toolchain's rust-src.
{
  pkgs,
  workspace,
  toolchain,
}:
pkgs.runCommand "std-lock" { nativeBuildInputs = [ toolchain ]; } ''
  copy=${workspace.alone workspace.stdLock}
  diff $copy $(rustc --print sysroot)/lib/rustlib/src/rust/library/Cargo.lock ||
    { echo "nix/std/ holds another lock than rust-src: run update-std-lock, and commit what it wrote" >&2; exit 1; }
  echo "$(grep -c '^checksum' $copy) crates, as rust-src locks them" | tee $out
''
