# What crane's setup hooks do: cargo with its settings, vendored crates, and the artifacts of another derivation.

# Shows what is run.
cargo() {
  (
    set -x
    command cargo "$@"
  )
}
cargoWithProfile() {
  local profile=()
  case $CARGO_PROFILE in
    release) profile=(--release) ;;
    ?*) profile=(--profile "$CARGO_PROFILE") ;;
  esac
  cargo "$1" "${profile[@]}" "${@:2}"
}

configureCargoCommonVars() {
  export CARGO_HOME=${CARGO_HOME:-$PWD/.cargo-home} CARGO_BUILD_INCREMENTAL=${CARGO_BUILD_INCREMENTAL-false}
  export CARGO_BUILD_JOBS=${CARGO_BUILD_JOBS:-$NIX_BUILD_CORES} RUST_TEST_THREADS=${RUST_TEST_THREADS:-$NIX_BUILD_CORES}
  CARGO_PROFILE=${CARGO_PROFILE-release}
  mkdir -p "$CARGO_HOME"
}

configureCargoVendoredDeps() {
  cat "$cargoVendorDir/config.toml" >>"$CARGO_HOME/config.toml"
}

# Each link of a chain is unpacked over the one before. Everything is of the date that all sources in the store have: so
# cargo finds nothing newer than what was built from it.
inheritCargoArtifacts() {
  local archive=${1:-$cargoArtifacts/target.tar.zst}
  if [[ ! -f $archive ]]; then
    echo "$archive is no archive of cargo artifacts" >&2
    return 1
  fi
  if [[ -e $archive.prev ]]; then inheritCargoArtifacts "$(realpath "$archive.prev")"; fi
  echo "decompressing cargo artifacts from $archive"
  mkdir -p target
  zstd -d "$archive" --stdout | tar -x -C target
}

# Of inherited artifacts only what was made here is kept, with a link to the rest: what was removed comes back.
installCargoArtifacts() {
  local archive=$out/target.tar.zst files=(.)
  mkdir -p "$out"
  if [[ ! -d target ]]; then return; fi
  if [[ -n $cargoArtifacts ]]; then
    ln -s "$cargoArtifacts/target.tar.zst" "$archive.prev"
    touch -d @1 "$NIX_BUILD_TOP/.date-of-the-store"
    find target -newer "$NIX_BUILD_TOP/.date-of-the-store" -printf '%P\0' >"$NIX_BUILD_TOP/.made-here"
    files=(--null --no-recursion --files-from "$NIX_BUILD_TOP/.made-here")
  fi
  tar -c -C target --sort=name --mtime=@1 --owner=0 --group=0 --mode=u+w --numeric-owner \
    --pax-option=exthdr.name=%d/PaxHeaders/%f,delete=atime,delete=ctime "${files[@]}" |
    zstd -q "-T$NIX_BUILD_CORES" -o "$archive"
}

postPatchHooks+=(configureCargoCommonVars)
if [[ -n $cargoArtifacts ]]; then postPatchHooks+=(inheritCargoArtifacts); fi
if [[ -n $cargoVendorDir ]]; then preConfigureHooks+=(configureCargoVendoredDeps); fi
if [[ $doInstallCargoArtifacts == 1 ]]; then postInstallHooks+=(installCargoArtifacts); fi
