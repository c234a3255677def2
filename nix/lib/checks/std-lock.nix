# The lock that std's crates are vendored by is the one of the toolchain's rust-src. Where there is none, the rows that need
# it are left out, and this says which.
{
  pkgs,
  workspace,
  policy,
  toolchain,
}:
pkgs.runCommand "std-lock" { nativeBuildInputs = [ toolchain ]; } (
  if workspace.stdLock == null then
    ''
      echo "left out, because there is no nix/std/Cargo-${toolchain.version}.lock: ${
        if policy.leftOut == [ ] then "no row" else toString policy.leftOut
      }. 'nix run .#update-std-lock' writes it: git add it" | tee $out
    ''
  else
    ''
      copy=${workspace.alone workspace.stdLock}
      diff $copy $(rustc --print sysroot)/lib/rustlib/src/rust/library/Cargo.lock ||
        { echo "nix/std/ holds another lock than rust-src: run update-std-lock, and commit what it wrote" >&2; exit 1; }
      echo "$(grep -c '^checksum' $copy) crates, as rust-src locks them" | tee $out
    ''
)
